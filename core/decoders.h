// SPDX-License-Identifier: GPL-3.0-or-later
// The decoders: small networks that lead from the features of an encoder back to a picture.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

#include "convolution.h"

namespace pastiche {

class Encoder;

class Decoders {
public:
  // Reads a safetensors file that describes itself in its metadata:
  //   format      "pastiche-decoders-1"
  //   encoder     JSON {"name": …, "sha256": …}: the encoder whose features they know, the name of a built-in one, and the sum of its file
  //   decoders    JSON object: by the name of the encoder's layer, a list of {"op": "conv"|"relu"|"enlarge"|"shuffle"}; conv: "name" and an
  //               odd "kernel", edges replicated; enlarge: bilinear, by 2; shuffle: every four channels become 2×2 pixels, row after row
  //               (Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
  //               network"). The tensors NAME.weight (O×I×K×K) and NAME.bias (O) belong to conv NAME. The last layers are a conv and maybe
  //               a shuffle, which give 3 channels, RGB 0..1, as large as the encoder's input
  //   passes      JSON list of {"layer": one of the decoders, "side": pixels; none: any}: at what the first picture is painted, one after
  //               the other (core/firstpicture.h), on pictures of side² pixels at most
  // Throws Error (PASTICHE_BAD_MODEL) for anything that does not fit, the encoder included.
  Decoders(const std::filesystem::path &file, const Encoder &encoder, const std::string &encoder_sha256);

  struct Pass {
    std::string layer;
    int64_t side; // 0: any
  };
  const std::vector<Pass> &passes() const { return passes_; }

  // What the picture changes by when features at a layer (1×C×H×W, of the encoder's kind) become others: the difference of both decoded,
  // 1×3×sH×sW in float32, s the layer's stride.
  torch::Tensor difference(const std::string &layer, const torch::Tensor &moved, const torch::Tensor &features) const;

  // Pixels around a place of the picture that it depends on, in the features.
  int64_t radius(const std::string &layer) const;

  // Bytes that difference() takes at most for every pixel of the picture.
  double bytes_per_pixel(const std::string &layer) const;

private:
  enum class Op { conv, enlarging_conv, relu, enlarge, shuffle };
  static bool enlarges(Op op) { return op != Op::conv && op != Op::relu; }
  struct Layer {
    Op op;
    int64_t channels; // of the output
    Convolution convolution;
  };
  struct Decoder {
    std::vector<Layer> layers;
    int64_t stride, channels; // of the encoder's layer
    size_t linear;            // the number of the layer from which on all is linear: the one after the last ReLU
  };

  const Decoder &at(const std::string &layer) const;

  torch::ScalarType precision_;
  std::map<std::string, Decoder> decoders_;
  std::vector<Pass> passes_;
};

} // namespace pastiche
