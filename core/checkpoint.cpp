// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoint.h"

#include <cerrno>
#include <string_view>

#include "base/mappedfile.h"
#include "error.h"
#include "hash.h"
#include "host/options.h"
#include "safetensors.h"

namespace pastiche {
namespace {

using nlohmann::json;

constexpr const char *format = "pastiche-run-2";

} // namespace

std::string fingerprint(const pastiche_job &job, const std::filesystem::path &model_file) {
  Hash hash;
  const MappedFile model(model_file);
  hash.add(model.bytes().data(), model.bytes().size());
  hash.add(&job.content);
  hash.add(job.start);
  for (int32_t i = 0; job.overviews && i <= job.style_count; ++i)
    hash.add(&job.overviews[i]);
  for (int32_t i = 0; i < job.style_count; ++i) {
    const pastiche_style &style = job.styles[i];
    hash.add(&style.image);
    hash.add(style.weight);
    hash.add(style.whole);
    hash.add(style.mask != nullptr);
    if (style.mask) {
      hash.add(style.mask->width);
      hash.add(style.mask->height);
      hash.add(style.mask->values, sizeof(float) * static_cast<size_t>(style.mask->width) * static_cast<size_t>(style.mask->height));
    }
  }
  for (const Option &option : option_table())
    if (std::string_view(option.name) != "memory" && std::string_view(option.name) != "model")
      std::visit(Overloaded{
                     [&](const TextOption &kind) {
                       const char *text = job.options.*kind.field;
                       hash.add(std::string_view(text ? text : kind.standard));
                     },
                     [&](const auto &kind) { hash.add(job.options.*kind.field); },
                 },
                 option.kind);
  return hash.text();
}

void Checkpoint::save(const std::filesystem::path &path) const {
  const json where{{"scale", scale},          {"step", step}, {"history", history}, {"most_pixels", most_pixels}, {"useful", useful},
                   {"numbers", state.numbers}};
  try {
    write_safetensors(path, state.tensors,
                      {{"format", format}, {"fingerprint", fingerprint}, {"where", where.dump()}, {"reports", reports.dump()}});
  } catch (const std::system_error &failure) {
    throw Error(PASTICHE_INVALID_ARGUMENT,
                sentence(_("The unfinished painting cannot be written to “%s”: %s."), path.c_str(), failure.code().message().c_str()));
  }
}

Checkpoint Checkpoint::load(const std::filesystem::path &path) {
  try {
    Safetensors file(path);
    const auto &metadata = file.metadata();
    if (metadata.at("format") != format)
      throw std::runtime_error("another format");
    const json where = json::parse(metadata.at("where"));
    Checkpoint checkpoint{metadata.at("fingerprint"),
                          where.at("scale").get<size_t>(),
                          where.at("step").get<int64_t>(),
                          where.at("history").get<int64_t>(),
                          where.at("most_pixels").get<double>(),
                          where.at("useful").get<bool>(),
                          nlohmann::ordered_json::parse(metadata.at("reports")),
                          {}};
    checkpoint.state.numbers = where.at("numbers").get<std::map<std::string, double>>();
    for (const std::string &name : file.names())
      checkpoint.state.tensors[name] = file.read(name);
    return checkpoint;
  } catch (const std::exception &) {
    throw Error(PASTICHE_INVALID_ARGUMENT,
                sentence(_("“%s” holds no unfinished painting that Pastiche can go on with; start anew without it."), path.c_str()));
  }
}

} // namespace pastiche
