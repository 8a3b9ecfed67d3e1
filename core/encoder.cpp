// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoder.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>
#include <torch/autograd.h>
#include <torch/nn/functional.h>

#include "error.h"
#include "safetensors.h"

namespace pastiche {
namespace {

using nlohmann::json;
namespace F = torch::nn::functional;
namespace fs = std::filesystem;

// A description that cannot be used; becomes an Error that also names the file.
struct Unfit {
  std::string why;
};

std::string text_entry(const Safetensors &file, const std::string &key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end())
    throw Unfit{"its metadata lack \"" + key + "\""};
  return found->second;
}

json json_entry(const Safetensors &file, const std::string &key) {
  json value = json::parse(text_entry(file, key), nullptr, false);
  if (value.is_discarded())
    throw Unfit{"\"" + key + "\" is not JSON"};
  return value;
}

torch::Tensor three_numbers(const json &input, const char *key) {
  const auto found = input.find(key);
  if (found == input.end() || !found->is_array() || found->size() != 3 ||
      !std::ranges::all_of(*found, [](const json &v) { return v.is_number(); }))
    throw Unfit{std::string("\"") + key + "\" is not a list of three numbers"};
  return torch::tensor(found->get<std::vector<double>>(), torch::kFloat).view({1, 3, 1, 1});
}

// A convolution over replicated edges. The gradient that LibTorch has for replicated edges takes longer than that of the convolution
// itself, because it builds the whole map anew where only its edges change.
struct ReplicateConvolution : torch::autograd::Function<ReplicateConvolution> {
  static torch::Tensor forward(torch::autograd::AutogradContext *context, const torch::Tensor &x, const torch::Tensor &weight,
                               const torch::Tensor &bias, int64_t margin) {
    const torch::Tensor padded = F::pad(x, F::PadFuncOptions({margin, margin, margin, margin}).mode(torch::kReplicate));
    context->save_for_backward({padded, weight});
    context->saved_data["margin"] = margin;
    return torch::conv2d(padded, weight, bias);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &padded = saved[0], &weight = saved[1];
    const int64_t margin = context->saved_data["margin"].toInt();
    const torch::Tensor gradient = std::get<0>(at::convolution_backward(gradients[0], padded, weight, std::nullopt, {1, 1}, {0, 0}, {1, 1},
                                                                        false, {0, 0}, 1, {true, false, false}));
    // What reached a copy of an edge pixel belongs to the pixel itself. Columns first, so that corners arrive by way of their rows.
    for (const int64_t dimension : {3, 2}) {
      const int64_t last = gradient.size(dimension) - 1;
      for (int64_t i = 0; i < margin; ++i) {
        gradient.select(dimension, margin).add_(gradient.select(dimension, i));
        gradient.select(dimension, last - margin).add_(gradient.select(dimension, last - i));
      }
    }
    const torch::Tensor inside = gradient.narrow(2, margin, gradient.size(2) - 2 * margin).narrow(3, margin, gradient.size(3) - 2 * margin);
    return {inside, {}, {}, {}};
  }
};

std::vector<std::string> words(const std::string &text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;)
    result.push_back(word);
  if (result.empty())
    throw Unfit{"it names no layers to use"};
  return result;
}

} // namespace

Encoder::Encoder(const fs::path &path, torch::Device device, torch::ScalarType precision) try : precision_(precision) {
  Safetensors file(path);
  if (text_entry(file, "format") != "pastiche-encoder-1")
    throw Unfit{"its format is not pastiche-encoder-1"};
  name_ = text_entry(file, "name");
  style_layers_ = words(text_entry(file, "style_layers"));
  content_layers_ = words(text_entry(file, "content_layers"));

  const json input = json_entry(file, "input");
  if (!input.is_object())
    throw Unfit{"\"input\" is not an object"};
  const std::string order = input.value("order", json()).is_string() ? input["order"].get<std::string>() : "";
  const json range = input.value("range", json());
  if ((order != "RGB" && order != "BGR") || (range != json{0, 1} && range != json{0, 255}))
    throw Unfit{"\"input\" has an unknown order or range"};
  bgr_ = order == "BGR";
  const torch::Tensor mean = three_numbers(input, "mean"), std = three_numbers(input, "std");
  if (!std.gt(0).all().item<bool>())
    throw Unfit{"\"std\" is not positive"};
  scale_ = (range[1].get<double>() / std).to(device);
  shift_ = (-mean / std).to(device);

  const json layers = json_entry(file, "layers");
  if (!layers.is_array() || layers.empty() || layers.size() > 1000)
    throw Unfit{"\"layers\" is not a list"};
  int64_t channels = 3;
  std::set<std::string> names;
  for (const json &described : layers) {
    const auto word = [&](const char *key) {
      const auto found = described.is_object() ? described.find(key) : described.end();
      return found != described.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto number = [&](const char *key) {
      const auto found = described.find(key);
      return found != described.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
    };
    const std::string op = word("op");
    Layer layer;
    layer.name = word("name");
    if (layer.name.empty() || !names.insert(layer.name).second)
      throw Unfit{"a layer has no name of its own"};
    if (op == "conv") {
      layer.op = Op::conv;
      const std::string padding = word("padding");
      const int64_t kernel = number("kernel");
      if ((padding != "replicate" && padding != "zeros") || kernel < 1 || kernel > 15 || kernel % 2 == 0)
        throw Unfit{"the convolution " + layer.name + " has an unknown padding or kernel"};
      layer.padding = padding == "zeros" ? Padding::zeros : Padding::replicate;
      layer.margin = kernel / 2;
      const auto &shape = file.shape(layer.name + ".weight");
      if (shape.size() != 4 || shape[0] < 1 || shape[1] != channels || shape[2] != kernel || shape[3] != kernel ||
          file.shape(layer.name + ".bias") != std::vector<int64_t>{shape[0]})
        throw Unfit{"the weights of " + layer.name + " do not fit the layer before"};
      channels = shape[0];
      layer.weight = file.read(layer.name + ".weight").to(device, precision).contiguous(torch::MemoryFormat::ChannelsLast);
      layer.bias = file.read(layer.name + ".bias").to(device, precision);
      if (!layer.weight.isfinite().all().item<bool>() || !layer.bias.isfinite().all().item<bool>())
        throw Unfit{"the weights of " + layer.name + " are not all numbers"};
    } else if (op == "relu") {
      layer.op = Op::relu;
    } else if ((op == "avgpool" || op == "maxpool") && number("size") == 2) {
      layer.op = op == "avgpool" ? Op::avgpool : Op::maxpool;
    } else {
      throw Unfit{"the layer " + layer.name + " is of an unknown kind"};
    }
    layers_.push_back(std::move(layer));
  }
  for (const auto *wanted : {&style_layers_, &content_layers_})
    for (const std::string &name : *wanted)
      if (!names.contains(name))
        throw Unfit{"it has no layer " + name};
} catch (const Unfit &unfit) {
  throw Error(PASTICHE_BAD_MODEL, sentence(_("The file “%s” is not a model that Pastiche can use (%s)."), path.c_str(), unfit.why.c_str()));
}

Features Encoder::operator()(const torch::Tensor &image, const std::vector<std::string> &wanted) const {
  std::set<std::string> missing(wanted.begin(), wanted.end());
  Features features;
  torch::Tensor x = (bgr_ ? image.flip(1) : image) * scale_ + shift_;
  x = x.to(precision_).contiguous(torch::MemoryFormat::ChannelsLast);
  bool disposable = false; // nobody will look at x again, not even its gradient
  for (const Layer &layer : layers_) {
    if (missing.empty())
      break;
    switch (layer.op) {
    case Op::conv: {
      const int64_t m = layer.margin;
      if (layer.padding == Padding::replicate && m > 0)
        x = ReplicateConvolution::apply(x, layer.weight, layer.bias, m);
      else
        x = torch::conv2d(x, layer.weight, layer.bias, 1, m);
      break;
    }
    case Op::relu:
      x = disposable ? x.relu_() : torch::relu(x);
      break;
    case Op::avgpool:
      x = torch::avg_pool2d(x, 2);
      break;
    case Op::maxpool:
      x = torch::max_pool2d(x, 2);
      break;
    }
    const bool wanted_here = missing.erase(layer.name) > 0;
    if (wanted_here)
      features[layer.name] = x;
    disposable = layer.op == Op::conv && !wanted_here;
  }
  TORCH_CHECK(missing.empty(), "no layer ", *missing.begin());
  return features;
}

fs::path find_model(const std::string &name_or_path) {
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".safetensors"))
    return name_or_path;
  const std::string file = name_or_path + ".safetensors";
  std::vector<fs::path> folders;
  Dl_info self;
  if (dladdr(reinterpret_cast<void *>(&find_model), &self) && self.dli_fname) {
    const fs::path here = fs::absolute(self.dli_fname).parent_path();
    folders = {here / "models", here / ".." / "models"}; // installed, in the build tree
  }
  if (const char *data = std::getenv("XDG_DATA_HOME"); data && *data)
    folders.push_back(fs::path(data) / "pastiche" / "models");
  else if (const char *home = std::getenv("HOME"); home && *home)
    folders.push_back(fs::path(home) / ".local/share/pastiche/models");
  for (const fs::path &folder : folders) {
    std::error_code ignored;
    if (fs::exists(folder / file, ignored))
      return folder / file;
  }
  throw Error(PASTICHE_BAD_MODEL,
              sentence(_("There is no model “%s”; use compact or the path of a .safetensors file."), name_or_path.c_str()));
}

} // namespace pastiche
