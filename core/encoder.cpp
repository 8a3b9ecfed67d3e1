// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoder.h"

#include <dlfcn.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/modelsfolder.h"
#include "describedfile.h"
#include "edges.h"
#include "error.h"
#include "kernels.h"
#include "threads.h"

namespace pastiche {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

torch::Tensor three_numbers(const json &input, const char *key) {
  const auto found = input.find(key);
  if (found == input.end() || !found->is_array() || found->size() != 3 ||
      !std::ranges::all_of(*found, [](const json &v) { return v.is_number(); }))
    throw Unfit{sentence(_("“%s” is not a list of three numbers"), key)};
  return torch::tensor(found->get<std::vector<double>>(), torch::kFloat).view({1, 3, 1, 1});
}

// Whether a picture is so large that a layer of it takes each thread several milliseconds.
bool is_large(int64_t height, int64_t width) { return height * width >= 300000; }

// Every step of a pooling by averages or the way back from one, row after row of the small map.
void pool(void (*MapKernels::*step)(const PoolTask &, int64_t), const torch::Tensor &large, const torch::Tensor &small) {
  const PoolTask task{large.mutable_data_ptr<float>(), small.mutable_data_ptr<float>(), large.size(2), large.size(3), large.size(1)};
  in_blocks({small.size(2), 1, 0}, [&](const Blocks &, int64_t y, float *) { (map_kernels()->*step)(task, y); });
}

torch::Tensor averaged(const torch::Tensor &maps) {
  if (!have_kernels(maps) || !maps.is_contiguous(torch::MemoryFormat::ChannelsLast))
    return torch::avg_pool2d(maps, 2);
  const torch::Tensor small =
      torch::empty({1, maps.size(1), maps.size(2) / 2, maps.size(3) / 2}, maps.options().memory_format(torch::MemoryFormat::ChannelsLast));
  pool(&MapKernels::average, maps, small);
  return small;
}

// Gives every pixel a quarter of what its average got. LibTorch's own way takes several times as long in bfloat16.
torch::Tensor spread_average(const torch::Tensor &gradient, int64_t height, int64_t width) {
  const int64_t channels = gradient.size(1), h = gradient.size(2), w = gradient.size(3);
  const torch::Tensor spread = torch::empty({height, width, channels}, gradient.options().memory_format(std::nullopt));
  spread.narrow(0, 2 * h, height - 2 * h).zero_();
  spread.narrow(1, 2 * w, width - 2 * w).zero_();
  const torch::Tensor result = spread.permute({2, 0, 1}).unsqueeze(0);
  if (have_kernels(gradient)) {
    pool(&MapKernels::spread, result, gradient.contiguous(torch::MemoryFormat::ChannelsLast));
    return result;
  }
  const torch::Tensor quarter = (gradient * 0.25).permute({0, 2, 3, 1}).reshape({h, 1, w, 1, channels});
  spread.as_strided({h, 2, w, 2, channels}, {2 * width * channels, width * channels, 2 * channels, channels, 1}).copy_(quarter);
  return result;
}

// The pixels that a blurred pooling takes in beyond its own two, on each side.
constexpr int64_t blur_margin = 1;

// Every channel by itself: weights C×1×4×4.
torch::Tensor blur_weights(int64_t channels) {
  const torch::Tensor row = torch::tensor({1.0, 3.0, 3.0, 1.0}) / 8;
  return torch::outer(row, row).expand({channels, 1, 4, 4}).contiguous();
}

std::vector<std::string> words(const std::string &text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;)
    result.push_back(word);
  if (result.empty())
    throw Unfit{_("it names no layers to use")};
  return result;
}

std::set<std::string> names_of(const Features &features) {
  std::set<std::string> names;
  for (const auto &[name, maps] : features)
    names.insert(name);
  return names;
}

} // namespace

Encoder::Encoder(const fs::path &path, torch::Device device, torch::ScalarType precision, bool average) try : precision_(precision) {
  const DescribedFile file(path);
  if (file.text("format") != "pastiche-encoder-1")
    throw Unfit{_("its format is not pastiche-encoder-1")};
  name_ = file.text("name");
  style_layers_ = words(file.text("style_layers"));
  content_layers_ = words(file.text("content_layers"));

  const json input = file.json("input");
  if (!input.is_object())
    throw Unfit{_("“input” is not an object")};
  const std::string order = input.value("order", json()).is_string() ? input["order"].get<std::string>() : "";
  const json range = input.value("range", json());
  if ((order != "RGB" && order != "BGR") || (range != json{0, 1} && range != json{0, 255}))
    throw Unfit{_("“input” has an unknown order or range")};
  bgr_ = order == "BGR";
  const torch::Tensor mean = three_numbers(input, "mean"), std = three_numbers(input, "std");
  if (!std.gt(0).all().item<bool>())
    throw Unfit{_("“std” is not positive")};
  scale_ = (range[1].get<double>() / std).to(device);
  shift_ = (-mean / std).to(device);

  const json layers = file.json("layers");
  if (!layers.is_array() || layers.empty() || layers.size() > 1000)
    throw Unfit{_("“layers” is not a list")};
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
      throw Unfit{_("a layer has no name of its own")};
    if (op == "conv") {
      layer.op = Op::conv;
      const std::string padding = word("padding");
      const int64_t kernel = number("kernel");
      if ((padding != "replicate" && padding != "zeros") || kernel < 1 || kernel > 15 || kernel % 2 == 0)
        throw Unfit{sentence(_("the convolution %s has an unknown padding or kernel"), layer.name.c_str())};
      const DescribedFile::Convolution read = file.convolution(layer.name, channels, kernel);
      layer.convolution = Convolution(
          read.weight, read.bias, padding == "zeros" ? Convolution::Padding::zeros : Convolution::Padding::replicate, device, precision);
      channels = layer.convolution.outputs();
    } else if (op == "relu") {
      layer.op = Op::relu;
    } else if ((op == "avgpool" || op == "maxpool" || op == "blurpool") && number("size") == 2) {
      layer.op = op == "blurpool" ? Op::blurpool : op == "avgpool" || average ? Op::avgpool : Op::maxpool;
      if (layer.op == Op::blurpool)
        layer.blur = blur_weights(channels).to(device, precision);
    } else {
      throw Unfit{sentence(_("the layer %s is of an unknown kind"), layer.name.c_str())};
    }
    layer.channels = channels;
    if (const std::string lens = layer.name + ".lens"; file.contains(lens)) {
      const auto &shape = file.shape(lens);
      if (shape.size() != 2 || shape[0] < 1 || shape[1] != channels)
        throw Unfit{sentence(_("the lens of %s does not fit the layer"), layer.name.c_str())};
      layer.lens = file.read(lens).to(device);
      if (!layer.lens.isfinite().all().item<bool>())
        throw Unfit{sentence(_("the lens of %s is not all numbers"), layer.name.c_str())};
    }
    layers_.push_back(std::move(layer));
  }
  for (const auto *wanted : {&style_layers_, &content_layers_})
    for (const std::string &name : *wanted)
      if (!names.contains(name))
        throw Unfit{sentence(_("it has no layer %s"), name.c_str())};
} catch (const Unfit &unfit) {
  throw unfit.as_error(path);
}

Encoder::Trace Encoder::run(const torch::Tensor &image, const std::vector<std::string> &wanted, bool keep) const {
  const torch::NoGradGuard no_grad;
  use_idle_cores(is_large(image.size(2), image.size(3)));
  const std::set<std::string> wanted_names(wanted.begin(), wanted.end());
  Trace trace;
  torch::Tensor x = (bgr_ ? image.flip(1) : image) * scale_ + shift_;
  x = x.to(precision_).contiguous(torch::MemoryFormat::ChannelsLast);
  const int64_t depth = depth_of(wanted);
  const auto averages = [&](int64_t i) { return !keep && i + 2 <= depth && takes_average(i, wanted_names); };
  for (int64_t i = 0; i <= depth; ++i) {
    const Layer &layer = layers_[static_cast<size_t>(i)];
    trace.heights.push_back(x.size(2));
    trace.widths.push_back(x.size(3));
    torch::Tensor kept;
    switch (layer.op) {
    case Op::conv:
      x = layer.convolution(x, averages(i)                   ? Convolution::Then::average
                               : takes_relu(i, wanted_names) ? Convolution::Then::relu
                                                             : Convolution::Then::nothing);
      break;
    case Op::relu:
      kept = x = takes_relu(i - 1, wanted_names) ? x : torch::relu(x);
      break;
    case Op::avgpool:
      x = averages(i - 2) ? x : averaged(x);
      break;
    case Op::blurpool:
      x = torch::conv2d(replicated(x, blur_margin), layer.blur, {}, 2, at::IntArrayRef({0, 0}), 1, layer.channels);
      break;
    case Op::maxpool:
      if (keep)
        std::tie(x, kept) = torch::max_pool2d_with_indices(x, 2);
      else
        x = torch::max_pool2d(x, 2);
      break;
    }
    if (keep)
      trace.kept.push_back(kept);
    if (wanted_names.contains(layer.name))
      trace.features[layer.name] = x;
  }
  return trace;
}

Features Encoder::operator()(const torch::Tensor &image, const std::vector<std::string> &layers) const {
  return run(image, layers, false).features;
}

Encoder::Trace Encoder::trace(const torch::Tensor &image, const std::vector<std::string> &layers) const { return run(image, layers, true); }

torch::Tensor Encoder::backward(Trace trace, const GradientAt &gradient_at) const {
  const torch::NoGradGuard no_grad;
  const int64_t height = trace.heights.at(0), width = trace.widths.at(0);
  use_idle_cores(is_large(height, width));
  const std::set<std::string> wanted = names_of(trace.features);
  torch::Tensor gradient, relu; // the ReLU that the next convolution takes the gradient through
  for (auto i = static_cast<int64_t>(trace.kept.size()) - 1; i >= 0; --i) {
    const auto at = static_cast<size_t>(i);
    const Layer &layer = layers_[at];
    if (const auto features = trace.features.extract(layer.name))
      if (const torch::Tensor own = gradient_at(layer.name, features.mapped()); own.defined())
        gradient = gradient.defined() ? gradient.add_(own) : own;
    if (!gradient.defined())
      continue;
    switch (layer.op) {
    case Op::conv:
      gradient = layer.convolution.backward(gradient, std::exchange(relu, {}));
      break;
    case Op::relu:
      if (takes_relu(i - 1, wanted))
        relu = trace.kept[at];
      else
        gradient = at::threshold_backward(gradient, trace.kept[at], 0);
      break;
    case Op::avgpool:
      gradient = spread_average(gradient, trace.heights[at], trace.widths[at]);
      break;
    case Op::blurpool: {
      // An odd last row or column beyond the windows gets nothing.
      const int64_t odd_rows = trace.heights[at] % 2, odd_columns = trace.widths[at] % 2;
      gradient = fold_edges(
          torch::conv_transpose2d(gradient, layer.blur, {}, 2, 0, at::IntArrayRef({odd_rows, odd_columns}), layer.channels), blur_margin);
      break;
    }
    case Op::maxpool: {
      const torch::Tensor shape =
          torch::empty({1, 1, 1, 1}, gradient.options()).expand({1, gradient.size(1), trace.heights[at], trace.widths[at]});
      gradient = at::max_pool2d_with_indices_backward(gradient.contiguous(torch::MemoryFormat::ChannelsLast), shape, {2, 2}, {2, 2}, {0, 0},
                                                      {1, 1}, false, trace.kept[at]);
      break;
    }
    }
    trace.kept[at] = torch::Tensor();
  }
  if (!gradient.defined()) // no layer has a loss
    return torch::zeros({1, 3, height, width}, scale_.options());
  gradient = gradient.to(scale_.scalar_type()) * scale_;
  return bgr_ ? gradient.flip(1) : gradient;
}

bool Encoder::takes_relu(int64_t i, const std::set<std::string> &wanted) const {
  if (i < 0 || i + 1 >= std::ssize(layers_))
    return false;
  const Layer &layer = layers_[static_cast<size_t>(i)];
  return layer.op == Op::conv && layers_[static_cast<size_t>(i) + 1].op == Op::relu && !wanted.contains(layer.name);
}

bool Encoder::takes_average(int64_t i, const std::set<std::string> &wanted) const {
  return takes_relu(i, wanted) && layers_[static_cast<size_t>(i)].convolution.averages() && i + 2 < std::ssize(layers_) &&
         layers_[static_cast<size_t>(i) + 2].op == Op::avgpool && !wanted.contains(layers_[static_cast<size_t>(i) + 1].name);
}

int64_t Encoder::depth_of(const std::string &layer) const {
  const auto found = std::ranges::find(layers_, layer, &Layer::name);
  return found == layers_.end() ? -1 : found - layers_.begin();
}

int64_t Encoder::depth_of(const std::vector<std::string> &layers) const {
  int64_t deepest = -1;
  for (const std::string &layer : layers) {
    TORCH_CHECK(has(layer), "no layer ", layer);
    deepest = std::max(deepest, depth_of(layer));
  }
  return deepest;
}

torch::Tensor Encoder::lens(const std::string &layer) const {
  const int64_t depth = depth_of(layer);
  return depth < 0 ? torch::Tensor() : layers_[static_cast<size_t>(depth)].lens;
}

int64_t Encoder::stride(const std::string &name) const {
  int64_t stride = 1;
  for (int64_t i = 0; i <= depth_of(name); ++i)
    if (is_pool(layers_[static_cast<size_t>(i)].op))
      stride *= 2;
  return stride;
}

torch::Tensor Encoder::weights_at(const std::string &layer, const torch::Tensor &pixels) const {
  return torch::avg_pool2d(pixels, stride(layer));
}

int64_t Encoder::radius(const std::vector<std::string> &names) const {
  int64_t stride = 1, radius = 0;
  for (int64_t i = 0; i <= depth_of(names); ++i) {
    const Layer &layer = layers_[static_cast<size_t>(i)];
    if (layer.op == Op::conv) {
      radius += layer.convolution.margin() * stride;
    } else if (is_pool(layer.op)) {
      radius += layer.op == Op::blurpool ? (1 + blur_margin) * stride : stride;
      stride *= 2;
    }
  }
  return radius;
}

int64_t Encoder::channels(const std::string &name) const { return layers_.at(static_cast<size_t>(depth_of(name))).channels; }

double Encoder::map_bytes_per_pixel(const std::string &name) const {
  const auto side = static_cast<double>(stride(name));
  return static_cast<double>(channels(name)) * static_cast<double>(torch::elementSize(precision_)) / (side * side);
}

// Follows a pass and adds up what is alive at each layer.
double Encoder::bytes_per_pixel(const std::vector<std::string> &names, bool keep) const {
  const auto element = static_cast<double>(torch::elementSize(precision_));
  double area = 1, kept = 0, most = 0, input = 3 * (element + 4);
  for (int64_t i = 0; i <= depth_of(names); ++i) {
    const Layer &layer = layers_[static_cast<size_t>(i)];
    const bool wanted = std::ranges::find(names, layer.name) != names.end();
    if (is_pool(layer.op))
      area /= 4;
    const double output = static_cast<double>(layer.channels) * element * area;
    // Forward: the input, its copy with a margin, the output. Back (`keep`): the gradient of the output, that of the input and its copy,
    // and the gradient that a loss adds.
    most = std::max(most, kept + 2 * input + 2 * output);
    if ((layer.op == Op::relu && keep) || wanted)
      kept += output;
    if (layer.op == Op::maxpool && keep)
      kept += static_cast<double>(layer.channels) * 8 * area;
    input = output;
  }
  return most;
}

double Encoder::operations_per_pixel(const std::vector<std::string> &names) const {
  double area = 1, operations = 0;
  for (int64_t i = 0; i <= depth_of(names); ++i) {
    const Layer &layer = layers_[static_cast<size_t>(i)];
    if (layer.op == Op::conv)
      operations += 2 * 2 * static_cast<double>(layer.convolution.weights()) * area;
    else if (layer.op != Op::relu)
      area /= 4;
  }
  return operations;
}

fs::path find_model(const std::string &name_or_path) {
  Dl_info self;
  const bool known = dladdr(reinterpret_cast<void *>(&find_model), &self) && self.dli_fname;
  if (fs::path file = model_file(name_or_path, known ? fs::absolute(self.dli_fname).parent_path() : fs::path()); !file.empty())
    return file;
  if (name_or_path == "vgg16" || name_or_path == "vgg19")
    throw Error(
        PASTICHE_BAD_MODEL,
        sentence(_("The model “%s” is not installed yet; “pastiche models fetch %s” gets it, and so does Models… in GIMP's dialog."),
                 name_or_path.c_str(), name_or_path.c_str()));
  throw Error(PASTICHE_BAD_MODEL,
              sentence(_("There is no model “%s”; use compact or the path of a .safetensors file."), name_or_path.c_str()));
}

} // namespace pastiche
