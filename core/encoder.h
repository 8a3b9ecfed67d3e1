// SPDX-License-Identifier: GPL-3.0-or-later
// The encoder: a frozen stack of convolutions whose features say what is in a picture and how it is painted.
// VGG-16, VGG-19 and the built-in compact network are this class with other data.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

namespace pastiche {

// Feature maps by layer name ("relu4_2"), each 1×C×H×W, channels last, in the encoder's precision.
using Features = std::map<std::string, torch::Tensor>;

class Encoder {
public:
  // Reads a safetensors file that describes itself in its metadata:
  //   format          "pastiche-encoder-1"
  //   name            what reports call it
  //   layers          JSON list of {"op": "conv"|"relu"|"avgpool"|"maxpool", "name": …}; conv: odd "kernel", "padding"
  //                   "replicate"|"zeros"; pools: "size" 2. The tensors NAME.weight (O×I×K×K) and NAME.bias (O) belong to conv NAME
  //   input           JSON {"order": "RGB"|"BGR", "range": [0, 1]|[0, 255], "mean": 3 numbers, "std": 3 numbers}; the network
  //                   gets (value · range − mean) / std
  //   style_layers, content_layers   names separated by spaces; defaults for the losses
  // Throws Error (PASTICHE_BAD_MODEL) for anything that does not fit.
  Encoder(const std::filesystem::path &file, torch::Device device, torch::ScalarType precision);

  // Features of `image` (1×3×H×W, float32, RGB 0..1) at the layers asked for; runs no further than the deepest of them.
  // Differentiable with respect to the image.
  Features operator()(const torch::Tensor &image, const std::vector<std::string> &layers) const;

  const std::string &name() const { return name_; }
  const std::vector<std::string> &style_layers() const { return style_layers_; }
  const std::vector<std::string> &content_layers() const { return content_layers_; }

private:
  enum class Op { conv, relu, avgpool, maxpool };
  enum class Padding { zeros, replicate };
  struct Layer {
    Op op;
    std::string name;
    Padding padding = Padding::zeros;
    int64_t margin = 0; // pixels of padding on each side
    torch::Tensor weight, bias;
  };

  std::string name_;
  std::vector<Layer> layers_;
  std::vector<std::string> style_layers_, content_layers_;
  torch::Tensor scale_, shift_; // 1×3×1×1: the input is image · scale + shift
  bool bgr_ = false;
  torch::ScalarType precision_;
};

// The file of a model given as the name of a built-in or installed one, or as a path. Names are looked for in models/
// beside this library (in the build tree: beside its folder), then in $XDG_DATA_HOME/pastiche/models. Error when there is none.
std::filesystem::path find_model(const std::string &name_or_path);

} // namespace pastiche
