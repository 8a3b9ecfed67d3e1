// SPDX-License-Identifier: GPL-3.0-or-later
#include "decoders.h"

#include <algorithm>

#include "describedfile.h"
#include "encoder.h"

namespace pastiche {
namespace {

using nlohmann::json;

constexpr size_t most_layers = 100;
constexpr int64_t most_side = 1 << 16;

std::string word(const json &object, const char *key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t number(const json &object, const char *key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

} // namespace

Decoders::Decoders(const std::filesystem::path &path, const Encoder &encoder, const std::string &encoder_sha256) try
    : precision_(encoder.precision()) {
  const DescribedFile file(path);
  if (file.text("format") != "pastiche-decoders-1")
    throw Unfit{_("its format is not pastiche-decoders-1")};
  if (word(file.json("encoder"), "sha256") != encoder_sha256)
    throw Unfit{sentence(_("it belongs to another encoder than this %s"), encoder.name().c_str())};

  const json described = file.json("decoders");
  if (!described.is_object() || described.empty())
    throw Unfit{_("“decoders” is not an object")};
  for (const auto &[name, layers] : described.items()) {
    if (!encoder.has(name))
      throw Unfit{sentence(_("its encoder has no layer %s"), name.c_str())};
    if (!layers.is_array() || layers.empty() || layers.size() > most_layers)
      throw Unfit{sentence(_("the decoder of %s is not a list of layers"), name.c_str())};
    Decoder decoder{.layers = {}, .stride = encoder.stride(name), .channels = encoder.channels(name), .linear = 0};
    int64_t channels = decoder.channels, stride = decoder.stride;
    for (const json &one : layers) {
      const std::string op = word(one, "op");
      Layer layer{};
      if (op == "conv") {
        const std::string conv = word(one, "name");
        const int64_t kernel = number(one, "kernel");
        if (conv.empty() || kernel < 1 || kernel > 15 || kernel % 2 == 0)
          throw Unfit{sentence(_("a convolution of the decoder of %s has no name or an unknown kernel"), name.c_str())};
        const DescribedFile::Convolution read = file.convolution(conv, channels, kernel);
        layer.op = Op::conv;
        if (!decoder.layers.empty() && decoder.layers.back().op == Op::enlarge) {
          decoder.layers.pop_back();
          layer.op = Op::enlarging_conv;
          layer.convolution = Convolution::of_enlarged(read.weight, read.bias, encoder.device(), precision_);
        } else {
          layer.convolution = Convolution(read.weight, read.bias, Convolution::Padding::replicate, encoder.device(), precision_, false);
        }
        channels = layer.convolution.outputs();
      } else if (op == "relu") {
        layer.op = Op::relu;
        decoder.linear = decoder.layers.size() + 1;
      } else if (op == "enlarge" || (op == "shuffle" && channels % 4 == 0)) {
        layer.op = op == "enlarge" ? Op::enlarge : Op::shuffle;
        if (layer.op == Op::shuffle)
          channels /= 4;
        if (stride % 2 != 0)
          throw Unfit{sentence(_("the decoder of %s makes another size than that of the picture"), name.c_str())};
        stride /= 2;
      } else {
        throw Unfit{sentence(_("the decoder of %s has a layer of an unknown kind"), name.c_str())};
      }
      layer.channels = channels;
      decoder.layers.push_back(std::move(layer));
    }
    if (stride != 1)
      throw Unfit{sentence(_("the decoder of %s makes another size than that of the picture"), name.c_str())};
    if (channels != 3 || decoder.linear == decoder.layers.size())
      throw Unfit{sentence(_("the decoder of %s does not end in the three colours of a picture"), name.c_str())};
    decoders_.emplace(name, std::move(decoder));
  }

  const json passes = file.json("passes");
  if (!passes.is_array() || passes.empty() || passes.size() > most_layers)
    throw Unfit{_("“passes” is not a list")};
  for (const json &pass : passes) {
    const std::string layer = word(pass, "layer");
    const int64_t side = layer.empty() ? -1 : number(pass, "side");
    if (!decoders_.contains(layer) || side < 0 || side > most_side)
      throw Unfit{_("one of its passes is at a layer without a decoder, or at an unknown size")};
    passes_.push_back({layer, side});
  }
} catch (const Unfit &unfit) {
  throw unfit.as_error(path);
}

const Decoders::Decoder &Decoders::at(const std::string &layer) const { return decoders_.at(layer); }

torch::Tensor Decoders::difference(const std::string &name, const torch::Tensor &moved, const torch::Tensor &features) const {
  const torch::NoGradGuard no_grad;
  const Decoder &decoder = at(name);
  const auto pass = [&](torch::Tensor x, size_t begin, size_t end, bool with_bias) {
    for (size_t i = begin; i < end; ++i) {
      const Layer &layer = decoder.layers[i];
      switch (layer.op) {
      case Op::conv:
      case Op::enlarging_conv:
        if (i + 1 < end && decoder.layers[i + 1].op == Op::relu) {
          x = layer.convolution(x, Convolution::Then::relu, with_bias);
          ++i;
        } else {
          x = layer.convolution(x, Convolution::Then::nothing, with_bias);
        }
        break;
      case Op::relu:
        x = torch::relu(x);
        break;
      case Op::enlarge:
        x = torch::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, false);
        break;
      case Op::shuffle:
        x = torch::pixel_shuffle(x, 2);
        break;
      }
    }
    return x;
  };
  // What is linear at the end, without its bias, turns a difference into a difference. Taken before, it is not one of two rounded pictures,
  // and what is large is worked out once.
  const auto first = [&](const torch::Tensor &x) { return pass(x, 0, decoder.linear, true); };
  const torch::Tensor apart = decoder.linear > 0 ? first(moved).sub_(first(features)) : moved - features;
  return pass(apart, decoder.linear, decoder.layers.size(), false).to(torch::kFloat);
}

int64_t Decoders::radius(const std::string &name) const {
  const Decoder &decoder = at(name);
  int64_t stride = decoder.stride, radius = stride;
  for (const Layer &layer : decoder.layers) {
    if (layer.op == Op::conv || layer.op == Op::enlarging_conv)
      radius += layer.convolution.margin() * stride;
    else if (layer.op == Op::enlarge)
      radius += stride; // between two places
    if (enlarges(layer.op))
      stride /= 2;
  }
  return radius;
}

// Follows a pass: the features and what was moved of them, one of them decoded up to its end, and what the other one has beside.
double Decoders::bytes_per_pixel(const std::string &name) const {
  const Decoder &decoder = at(name);
  const auto element = static_cast<double>(torch::elementSize(precision_));
  auto stride = static_cast<double>(decoder.stride);
  const double held = static_cast<double>(decoder.channels) * 2 * (element + 4) / (stride * stride); // moved in float32
  double input = held / 2, most = 0;
  for (const Layer &layer : decoder.layers) {
    if (enlarges(layer.op))
      stride /= 2;
    const double output = static_cast<double>(layer.channels) * element / (stride * stride);
    most = std::max(most, 2 * input + 2 * output);
    input = output;
  }
  return held + most + 3 * 4;
}

} // namespace pastiche
