// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoderfile.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include <nlohmann/json.hpp>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/tensorfile.h"

namespace models {
namespace {

using nlohmann::json;
using pastiche::Damage;
using pastiche::Failure;
using pastiche::sentence;

constexpr double largest_value = 1000, largest_spread_ratio = 16, beginning_within = 6e-5,
                 beginning_within_16_bits = 2.5e-3; // half a step of bfloat16 below 1 is 2e-3

struct Wanted {
  std::string name;   // in the encoder's file
  std::string source; // in the state dict
  std::vector<int64_t> shape;
};

// In the order of the network.
std::vector<Wanted> wanted_tensors(const Vgg &network) {
  std::vector<Wanted> wanted;
  for (const Vgg::Convolution &convolution : network.convolutions()) {
    wanted.push_back({convolution.name + ".weight", convolution.source + ".weight", {convolution.outputs, convolution.inputs, 3, 3}});
    wanted.push_back({convolution.name + ".bias", convolution.source + ".bias", {convolution.outputs}});
  }
  return wanted;
}

double half_value(uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double value = exponent == 31  ? (fraction ? NAN : INFINITY)
                       : exponent == 0 ? std::ldexp(fraction, -24)
                                       : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

template <class Bits> Bits bits_at(const Tensor &tensor, size_t i) {
  Bits bits;
  std::memcpy(&bits, tensor.bytes.data() + i * sizeof bits, sizeof bits);
  return bits;
}

size_t element_bytes(const Tensor &tensor) {
  return tensor.type == "F32" ? 4 : tensor.type == "F64" ? 8 : tensor.type == "F16" || tensor.type == "BF16" ? 2 : 0;
}

double value_at(const Tensor &tensor, size_t i) {
  if (tensor.type == "F32")
    return bits_at<float>(tensor, i);
  if (tensor.type == "F64")
    return bits_at<double>(tensor, i);
  if (tensor.type == "F16")
    return half_value(bits_at<uint16_t>(tensor, i));
  const uint32_t upper_half = uint32_t{bits_at<uint16_t>(tensor, i)} << 16; // bfloat16 is the upper half of a float32
  float value;
  std::memcpy(&value, &upper_half, sizeof value);
  return value;
}

void check_values(const Tensor &tensor, const Wanted &wanted) {
  const size_t count = tensor.bytes.size() / element_bytes(tensor);
  double sum = 0, squares = 0;
  size_t zeros = 0;
  for (size_t i = 0; i < count; ++i) {
    const double value = value_at(tensor, i);
    if (!(std::abs(value) <= largest_value)) // so that NaN does not pass
      throw Damage(sentence(_("%s holds values that no network has"), wanted.source.c_str()));
    sum += value;
    squares += value * value;
    zeros += value == 0;
  }
  if (wanted.shape.size() != 4)
    return;
  const double mean = sum / static_cast<double>(count), deviation = std::sqrt(squares / static_cast<double>(count) - mean * mean);
  const double expected = std::sqrt(2 / (9 * static_cast<double>(wanted.shape[1])));
  if (zeros > count / 2)
    throw Damage(sentence(_("%s is mostly zeros"), wanted.source.c_str()));
  if (!(deviation < expected * largest_spread_ratio && deviation > expected / largest_spread_ratio) || std::abs(mean) > deviation)
    throw Damage(sentence(_("%s has values that no trained network has"), wanted.source.c_str()));
}

bool begins_with(const Tensor &tensor, const std::vector<double> &values, double within) {
  for (size_t i = 0; i < values.size(); ++i)
    if (!(std::abs(value_at(tensor, i) - values[i]) <= within))
      return false;
  return true;
}

const Tensor &find(const StateDict &weights, const std::string &name) {
  const auto found = weights.find(name);
  if (found == weights.end())
    throw Damage(sentence(_("there is no tensor %s"), name.c_str()));
  return found->second;
}

json described_layers(const Vgg &network) {
  json layers = json::array();
  for (size_t block = 0; block < network.blocks.size(); ++block) {
    for (const Vgg::Convolution &convolution : network.blocks[block]) {
      layers.push_back({{"op", "conv"}, {"name", convolution.name}, {"kernel", 3}, {"padding", "zeros"}});
      layers.push_back({{"op", "relu"}, {"name", "relu" + convolution.name.substr(4)}});
    }
    layers.push_back({{"op", "maxpool"}, {"name", "pool" + std::to_string(block + 1)}, {"size", 2}});
  }
  return layers;
}

} // namespace

const Model &model_of(const StateDict &weights, const std::vector<Model> &catalogue) {
  const auto fits = [&](const Model &model) {
    const std::vector<Wanted> wanted = wanted_tensors(model.network);
    // A larger network has everything that a smaller one has, and more.
    const bool whole = std::ranges::all_of(wanted, [&](const Wanted &tensor) {
      const auto found = weights.find(tensor.source);
      return found != weights.end() && found->second.shape == tensor.shape;
    });
    return whole && std::ranges::count_if(weights, [](const auto &tensor) { return tensor.first.starts_with("features."); }) ==
                        static_cast<std::ptrdiff_t>(wanted.size());
  };
  const auto found = std::ranges::find_if(catalogue, fits);
  if (found == catalogue.end())
    throw Damage(_("its tensors are not those of VGG-16 or VGG-19 in torchvision's naming"));
  return *found;
}

void check(const StateDict &weights, const Vgg &network) {
  for (const Wanted &wanted : wanted_tensors(network)) {
    const Tensor &tensor = find(weights, wanted.source);
    if (tensor.shape != wanted.shape)
      throw Damage(sentence(_("%s has the shape of another network"), wanted.source.c_str()));
    if (element_bytes(tensor) == 0)
      throw Damage(sentence(_("%s is not of a floating-point type"), wanted.source.c_str()));
    check_values(tensor, wanted);
  }
}

void check_beginnings(const StateDict &weights, const Model &model) {
  for (const auto &[name, values] : model.begins)
    if (!begins_with(find(weights, name), values, beginning_within))
      throw Damage(sentence(_("%s is not the one that was published"), name.c_str()));
}

Input input_of(const StateDict &weights, const Model &model) {
  const auto begins = [&](const auto &entry) { return begins_with(find(weights, entry.first), entry.second, beginning_within_16_bits); };
  const auto count = static_cast<size_t>(std::ranges::count_if(model.caffe_begins, begins));
  if (count > 0 && count < model.caffe_begins.size())
    throw Damage(_("it is Caffe's network with its colours in an order that is not known"));
  return count > 0 ? Input::caffe : Input::torchvision;
}

void write_encoder(const std::string &path, const StateDict &weights, const Vgg &network, Input input,
                   const std::map<std::string, std::string> &metadata) {
  std::map<std::string, std::string> described = metadata;
  described["format"] = "pastiche-encoder-1";
  described["layers"] = described_layers(network).dump();
  const json torchvision{{"order", "RGB"}, {"range", {0, 1}}, {"mean", {0.485, 0.456, 0.406}}, {"std", {0.229, 0.224, 0.225}}};
  const json caffe{{"order", "BGR"}, {"range", {0, 255}}, {"mean", {103.939, 116.779, 123.68}}, {"std", {1, 1, 1}}};
  described["input"] = (input == Input::caffe ? caffe : torchvision).dump();
  described["style_layers"] = "relu1_1 relu2_1 relu3_1 relu4_1 relu5_1";
  described["content_layers"] = "relu4_2";
  std::vector<pastiche::NewTensor> tensors;
  for (const Wanted &tensor : wanted_tensors(network)) {
    const Tensor &values = weights.at(tensor.source);
    tensors.push_back({tensor.name, values.type, values.shape, values.bytes.size(), [bytes = std::span(values.bytes)](std::ostream &file) {
                         file.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
                       }});
  }

  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  pastiche::write_tensors(file, described, tensors);
  file.close();
  if (!file)
    throw Failure(sentence(_("“%s” cannot be written: %s."), pastiche::shown(path).c_str(), std::strerror(errno ? errno : EIO)));
}

std::string tensors_sha256(const StateDict &weights, const Vgg &network) {
  pastiche::Sha256 sum;
  for (const Wanted &tensor : wanted_tensors(network))
    sum.add(find(weights, tensor.source).bytes);
  return sum.hexadecimal();
}

} // namespace models
