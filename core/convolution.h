// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution with fixed weights, and the way back through it to its input. In float32 on processors with AVX2, kernels of 3×3 are
// Pastiche's own (core/mapkernels.h), else they are LibTorch's.
#pragma once

#include <cstdint>

#include <torch/types.h>

namespace pastiche {

class Convolution {
public:
  enum class Padding { zeros, replicate };

  Convolution() = default;

  // `weight` O×I×K×K, K odd; `bias` O. As large as its input is the output.
  Convolution(const torch::Tensor &weight, const torch::Tensor &bias, Padding padding, torch::Device device, torch::ScalarType precision);

  int64_t outputs() const { return weight_.size(0); }
  int64_t margin() const { return weight_.size(2) / 2; } // pixels of padding on each side
  int64_t weights() const { return weight_.numel(); }
  torch::ScalarType precision() const { return weight_.scalar_type(); }

  // 1×I×H×W to 1×O×H×W, channels last, in the precision given above.
  enum class Then { nothing, relu };
  torch::Tensor operator()(const torch::Tensor &maps, Then then = Then::nothing, bool with_bias = true) const;

  // The gradient to the input from that to the output. Where a ReLU followed and `relu` is what it gave, from the gradient to that.
  torch::Tensor backward(const torch::Tensor &gradient, const torch::Tensor &relu = {}) const;

private:
  torch::Tensor weight_, bias_;
  Padding padding_ = Padding::zeros;
  // Of the convolution that takes gradients back: turned by 180°, input and output exchanged. Undefined where it is ours.
  torch::Tensor backward_weight_;
  torch::Tensor packed_, backward_packed_; // for a kernel of our own; undefined where it is LibTorch's
};

} // namespace pastiche
