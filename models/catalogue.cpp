// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalogue.h"

#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/i18n.h"

namespace models {

using pastiche::Failure;

extern const char *const catalogue_text; // catalogue.json

namespace {

using nlohmann::json;

std::optional<std::string> text_or_nothing(const json &value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

std::vector<Model> read(const json &described) {
  std::vector<Model> models;
  for (const auto &[name, value] : described.items())
    models.push_back({.name = name,
                      .network = Vgg(value.at("title"), value.at("blocks").get<std::vector<std::pair<int64_t, int64_t>>>()),
                      .url = value.at("url"),
                      .source = value.at("source"),
                      .licence = value.at("licence"),
                      .file_sha256 = text_or_nothing(value.at("file_sha256")),
                      .tensors_sha256 = text_or_nothing(value.at("tensors_sha256")),
                      .begins = value.at("begins"),
                      .caffe_begins = value.value("caffe_begins", std::map<std::string, std::vector<double>>{})});
  return models;
}

} // namespace

Vgg::Vgg(std::string title, const std::vector<std::pair<int64_t, int64_t>> &widths) : title(std::move(title)) {
  int64_t inputs = 3, place = 0;
  for (const auto &[outputs, count] : widths) {
    std::vector<Convolution> &block = blocks.emplace_back();
    for (int64_t i = 1; i <= count; ++i) {
      block.push_back(
          {"conv" + std::to_string(blocks.size()) + "_" + std::to_string(i), "features." + std::to_string(place), inputs, outputs});
      inputs = outputs;
      place += 2; // the convolution and its ReLU
    }
    ++place; // the pooling
  }
}

std::vector<Vgg::Convolution> Vgg::convolutions() const {
  std::vector<Convolution> all;
  for (const std::vector<Convolution> &block : blocks)
    all.insert(all.end(), block.begin(), block.end());
  return all;
}

uint64_t Vgg::bytes() const {
  uint64_t numbers = 0;
  for (const Convolution &convolution : convolutions())
    numbers += static_cast<uint64_t>(convolution.outputs * (9 * convolution.inputs + 1));
  return numbers * sizeof(float);
}

std::vector<Model> catalogue() {
  const char *other = std::getenv("PASTICHE_CATALOGUE");
  if (!other)
    return read(json::parse(catalogue_text));
  try {
    std::ifstream file(other);
    return read(json::parse(file));
  } catch (const json::exception &) {
    throw Failure(pastiche::sentence(_("The list of models “%s”, which PASTICHE_CATALOGUE names, cannot be used."), other));
  }
}

} // namespace models
