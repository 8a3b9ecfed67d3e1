// SPDX-License-Identifier: GPL-3.0-or-later
// The encoder: a frozen stack of convolutions whose features say what is in a picture and how it is painted.
// VGG-16, VGG-19 and the built-in compact network are this class with other data.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <torch/types.h>

#include "convolution.h"

namespace pastiche {

// Feature maps by layer name ("relu4_2"), each 1×C×H×W, channels last, in the encoder's precision.
using Features = std::map<std::string, torch::Tensor>;

class Encoder {
public:
  // Reads a safetensors file that describes itself in its metadata:
  //   format          "pastiche-encoder-1"
  //   name            what reports call it
  //   layers          JSON list of {"op": "conv"|"relu"|"avgpool"|"maxpool"|"blurpool", "name": …}; conv: odd "kernel", "padding"
  //                   "replicate"|"zeros"; pools: "size" 2. The tensors NAME.weight (O×I×K×K) and NAME.bias (O) belong to conv NAME.
  //                   blurpool weighs rows and columns 2i − 1 … 2i + 2 with 1, 3, 3, 1, edges replicated (Zhang 2019, “Making
  //                   Convolutional Networks Shift-Invariant Again”): without it, the way back leaves a grid in the picture
  //   input           JSON {"order": "RGB"|"BGR", "range": [0, 1]|[0, 255], "mean": 3 numbers, "std": 3 numbers}; the network
  //                   gets (value · range − mean) / std
  //   style_layers, content_layers   names separated by spaces; defaults for the losses
  // NAME.lens (C'×C), where there is one, belongs to layer NAME of C channels: style losses compare statistics of lens · features.
  // With `average`, maximum poolings become means (Gatys, Ecker, Bethge 2016, section 2).
  // Throws Error (PASTICHE_BAD_MODEL) for anything that does not fit.
  Encoder(const std::filesystem::path &file, torch::Device device, torch::ScalarType precision, bool average = false);

  // A forward pass, with what the way back needs of it.
  struct Trace {
    Features features;
    std::vector<torch::Tensor> kept;      // by layer: a ReLU's output, the choices of a maximum pooling
    std::vector<int64_t> heights, widths; // of the input of each layer
  };

  // Features of `image` (1×3×H×W, float32, RGB 0..1) at the layers asked for; runs no further than the deepest of them.
  Features operator()(const torch::Tensor &image, const std::vector<std::string> &layers) const;
  Trace trace(const torch::Tensor &image, const std::vector<std::string> &layers) const;

  // The gradient of a loss to the image of a trace (1×3×H×W, float32). Only data flow back: the weights are frozen. `gradient_at` gives the
  // loss's gradient to the features of a layer, or an undefined tensor; it is asked once for every layer of the trace, the deepest first.
  // Consumes the trace, so that memory is given back on the way.
  using GradientAt = std::function<torch::Tensor(const std::string &layer, const torch::Tensor &features)>;
  torch::Tensor backward(Trace trace, const GradientAt &gradient_at) const;

  bool has(const std::string &layer) const { return depth_of(layer) >= 0; }

  int64_t channels(const std::string &layer) const;

  // Pixels of the image per pixel of a layer's maps, along one side.
  int64_t stride(const std::string &layer) const;

  // How much each place of a layer's maps counts, from how much each pixel of the image does (1×1×H×W): the mean of those that lie under
  // it. The poolings leave out what does not fill a step at the right and lower edge, and so does this.
  torch::Tensor weights_at(const std::string &layer, const torch::Tensor &pixels) const;

  // Pixels around a place of the image that the features there depend on, at the deepest of the layers.
  int64_t radius(const std::vector<std::string> &layers) const;

  // Bytes of a layer's maps for every pixel of the image.
  double map_bytes_per_pixel(const std::string &layer) const;

  // Bytes that a pass forward takes at most for every pixel of its image.
  double pass_bytes_per_pixel(const std::vector<std::string> &layers) const { return bytes_per_pixel(layers, false); }

  // Bytes that a pass forward and back takes at most for every pixel of its image.
  double trace_bytes_per_pixel(const std::vector<std::string> &layers) const { return bytes_per_pixel(layers, true); }

  // Multiplications and additions of the convolutions for every pixel of the image, forward and back together.
  double operations_per_pixel(const std::vector<std::string> &layers) const;

  // The matrix through which style losses look at a layer's features, C'×C in float32; undefined where they look at them as they are.
  torch::Tensor lens(const std::string &layer) const;

  const std::string &name() const { return name_; }
  const std::vector<std::string> &style_layers() const { return style_layers_; }
  const std::vector<std::string> &content_layers() const { return content_layers_; }
  torch::Device device() const { return scale_.device(); }
  torch::ScalarType precision() const { return precision_; }

private:
  enum class Op { conv, relu, avgpool, maxpool, blurpool };
  static bool is_pool(Op op) { return op != Op::conv && op != Op::relu; }
  struct Layer {
    Op op;
    std::string name;
    int64_t channels; // of the output
    Convolution convolution;
    torch::Tensor blur; // the weights of a blurred pooling
    torch::Tensor lens;
  };

  Trace run(const torch::Tensor &image, const std::vector<std::string> &layers, bool keep) const;
  // Whether layer i is a convolution that does the ReLU after it too, because nobody wants what lies between.
  bool takes_relu(int64_t i, const std::set<std::string> &wanted) const;
  // The same of the ReLU and the averages after that.
  bool takes_average(int64_t i, const std::set<std::string> &wanted) const;
  double bytes_per_pixel(const std::vector<std::string> &layers, bool keep) const;
  int64_t depth_of(const std::string &layer) const;               // −1: no such layer
  int64_t depth_of(const std::vector<std::string> &layers) const; // of the deepest

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
