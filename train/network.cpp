// SPDX-License-Identifier: GPL-3.0-or-later
#include "network.h"

#include <algorithm>
#include <cmath>

#include <torch/nn/functional.h>

#include "core/error.h"
#include "core/safetensors.h"

namespace training {
namespace {

using nlohmann::json;
using pastiche::Error;
using pastiche::sentence;
namespace F = torch::nn::functional;

[[noreturn]] void refuse(const std::filesystem::path &file, const std::string &why) {
  throw Error(PASTICHE_BAD_MODEL, sentence(_("The file “%s” is not a network that can be learnt from (%s)."), file.c_str(), why.c_str()));
}

torch::Tensor padded(const torch::Tensor &maps, const std::string &padding, int64_t margin) {
  if (margin == 0)
    return maps;
  const std::vector<int64_t> sides(4, margin);
  if (padding == "zeros")
    return F::pad(maps, F::PadFuncOptions(sides));
  if (padding == "reflect")
    return F::pad(maps, F::PadFuncOptions(sides).mode(torch::kReflect));
  return F::pad(maps, F::PadFuncOptions(sides).mode(torch::kReplicate));
}

torch::Tensor blurred_pool(const torch::Tensor &maps) {
  const torch::Tensor row = torch::tensor({1.0, 3.0, 3.0, 1.0}, maps.options()) / 8;
  const int64_t channels = maps.size(1);
  return torch::conv2d(padded(maps, "replicate", 1), torch::outer(row, row).expand({channels, 1, 4, 4}), {}, 2, at::IntArrayRef({0, 0}), 1,
                       channels);
}

json pool(const std::string &kind, size_t number) { return {{"op", kind}, {"name", "pool" + std::to_string(number)}, {"size", 2}}; }

} // namespace

Network::Network(const std::filesystem::path &file) {
  pastiche::Safetensors tensors(file);
  metadata_ = tensors.metadata();
  if (const std::string format = metadata("format"); format != "pastiche-encoder-1" && format != "pastiche-teacher-1")
    refuse(file, _("its format is neither pastiche-encoder-1 nor pastiche-teacher-1"));
  try {
    layers_ = json::parse(metadata("layers")).get<std::vector<json>>();
    input_ = json::parse(metadata("input"));
    std::set<std::string> known{"input"};
    for (json &layer : layers_) {
      const std::string op = layer.at("op"), name = layer.at("name");
      if (!std::set<std::string>{"conv", "relu", "avgpool", "maxpool", "blurpool", "lrn", "concat"}.contains(op))
        refuse(file, _("it has layers of an unknown kind"));
      if (!layer.contains("from"))
        layer["from"] =
            json::array({&layer == &layers_.front() ? "input" : layers_[static_cast<size_t>(&layer - &layers_[0]) - 1].at("name")});
      for (const json &from : layer["from"])
        if (!known.contains(from.get<std::string>()))
          refuse(file, _("a layer works on one that comes later"));
      known.insert(name);
      if (op == "conv")
        for (const char *part : {".weight", ".bias"})
          weights_[name + part] = tensors.read(name + part);
    }
  } catch (const json::exception &) {
    refuse(file, _("its layers or its input are not described as they should be"));
  }
}

Network::Network(const std::vector<std::vector<int64_t>> &stages, const std::string &pooling, uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  input_ = {{"order", "RGB"}, {"range", {0, 1}}, {"mean", {0.45, 0.45, 0.45}}, {"std", {0.25, 0.25, 0.25}}};
  std::string before = "input";
  const auto add = [&](json layer) {
    layer["from"] = json::array({before});
    before = layer["name"];
    layers_.push_back(std::move(layer));
  };
  int64_t channels = 3;
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    for (size_t i = 0; i < stages[stage].size(); ++i) {
      const std::string place = std::to_string(stage + 1) + "_" + std::to_string(i + 1);
      const int64_t wider = stages[stage][i];
      add({{"op", "conv"}, {"name", "conv" + place}, {"kernel", 3}, {"padding", "replicate"}});
      add({{"op", "relu"}, {"name", "relu" + place}});
      weights_["conv" + place + ".weight"] =
          torch::randn({wider, channels, 3, 3}, generator, torch::kFloat) * std::sqrt(2.0 / static_cast<double>(9 * channels));
      weights_["conv" + place + ".bias"] = torch::zeros({wider});
      channels = wider;
    }
    if (stage + 1 < stages.size())
      add(pool(pooling, stage + 1));
  }
}

void Network::set_pooling(const std::string &pooling) {
  for (json &layer : layers_)
    if (layer["op"].get<std::string>().ends_with("pool"))
      layer["op"] = pooling;
}

void Network::to(torch::Device device) {
  for (auto &[name, weight] : weights_)
    weight = weight.to(device);
}

bool Network::has(const std::string &layer) const {
  return std::ranges::any_of(layers_, [&](const json &other) { return other["name"] == layer; });
}

std::vector<std::string> Network::relus() const {
  std::vector<std::string> names;
  for (const json &layer : layers_)
    if (layer["op"] == "relu")
      names.push_back(layer["name"]);
  return names;
}

std::string Network::metadata(const std::string &key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? "" : found->second;
}

Maps Network::operator()(const torch::Tensor &images, const std::set<std::string> &wanted) const {
  const auto three = [&](const char *key) {
    return torch::tensor(input_.at(key).get<std::vector<double>>(), images.options()).view({1, 3, 1, 1});
  };
  Maps maps, found;
  maps["input"] =
      ((input_.at("order") == "BGR" ? images.flip(1) : images) * input_.at("range")[1].get<double>() - three("mean")) / three("std");
  maps["input"] = maps["input"].contiguous(torch::MemoryFormat::ChannelsLast);
  std::map<std::string, size_t> last_use;
  for (size_t i = 0; i < layers_.size(); ++i)
    for (const json &from : layers_[i]["from"])
      last_use[from.get<std::string>()] = i;
  for (size_t i = 0; i < layers_.size() && found.size() < wanted.size(); ++i) {
    const json &layer = layers_[i];
    const std::string op = layer["op"], name = layer["name"];
    std::vector<torch::Tensor> from;
    for (const json &other : layer["from"])
      from.push_back(maps.at(other.get<std::string>()));
    torch::Tensor x = from.front();
    if (op == "conv") {
      const torch::Tensor &weight = weights_.at(name + ".weight");
      x = torch::conv2d(padded(x, layer.value("padding", "zeros"), weight.size(2) / 2), weight, weights_.at(name + ".bias"),
                        layer.value("stride", 1));
    } else if (op == "relu") {
      x = torch::relu(x);
    } else if (op == "avgpool") {
      x = torch::avg_pool2d(x, 2);
    } else if (op == "maxpool") {
      const int64_t size = layer.value("size", 2);
      x = torch::max_pool2d(x, size, layer.value("stride", 2), layer.value("padding", 0), 1, layer.value("ceil", false));
    } else if (op == "blurpool") {
      x = blurred_pool(x);
    } else if (op == "lrn") {
      x = F::local_response_norm(
          x,
          F::LocalResponseNormFuncOptions(layer.value("size", 5)).alpha(layer.value("alpha", 1e-4)).beta(layer.value("beta", 0.75)).k(1));
    } else {
      x = torch::cat(from, 1);
    }
    if (wanted.contains(name))
      found[name] = x;
    maps[name] = x;
    for (const json &other : layer["from"])
      if (last_use.at(other.get<std::string>()) == i)
        maps.erase(other.get<std::string>());
  }
  return found;
}

void Network::save(const std::filesystem::path &file, const std::map<std::string, std::string> &metadata, const Maps &lenses) const {
  std::map<std::string, std::string> all = metadata;
  std::vector<json> layers = layers_;
  for (json &layer : layers)
    layer.erase("from");
  all["format"] = "pastiche-encoder-1";
  all["layers"] = json(layers).dump();
  all["input"] = input_.dump();
  std::map<std::string, torch::Tensor> tensors;
  for (const auto &[name, weight] : weights_)
    tensors[name] = weight.detach().to(torch::kHalf);
  for (const auto &[layer, lens] : lenses)
    tensors[layer + ".lens"] = lens.to(torch::kHalf);
  pastiche::write_safetensors(file, tensors, all);
}

} // namespace training
