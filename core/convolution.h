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

  // `weight` O×I×K×K, K odd; `bias` O. As large as its input is the output. Only one that leads back has a backward().
  Convolution(const torch::Tensor &weight, const torch::Tensor &bias, Padding padding, torch::Device device, torch::ScalarType precision,
              bool leads_back = true);

  // The same of an input that is enlarged by 2 before, bilinearly: 1×I×H×W to 1×O×2H×2W, edges replicated. Both are linear, so that they
  // are one convolution of the small input, whose outputs are the 2×2 places; exactly, edges included. Does not lead back.
  static Convolution of_enlarged(const torch::Tensor &weight, const torch::Tensor &bias, torch::Device device, torch::ScalarType precision);

  int64_t outputs() const { return enlarges_ ? weight_.size(0) / 4 : weight_.size(0); }
  int64_t margin() const { return weight_.size(2) / 2; } // pixels of the input on each side
  int64_t weights() const { return weight_.numel(); }
  torch::ScalarType precision() const { return weight_.scalar_type(); }

  // 1×I×H×W to 1×O×H×W or 1×O×2H×2W, channels last, in the precision given above. `average`: the ReLU's means of 2×2 places, for those
  // which average in one go.
  enum class Then { nothing, relu, average };
  torch::Tensor operator()(const torch::Tensor &maps, Then then = Then::nothing, bool with_bias = true) const;

  bool averages() const;

  // The gradient to the input from that to the output. Where a ReLU followed and `relu` is what it gave, from the gradient to that.
  torch::Tensor backward(const torch::Tensor &gradient, const torch::Tensor &relu = {}) const;

private:
  torch::Tensor weight_, bias_;
  Padding padding_ = Padding::zeros;
  bool enlarges_ = false; // outputs are 2×2×O
  // Of the convolution that takes gradients back: turned by 180°, input and output exchanged. Undefined where it is ours.
  torch::Tensor backward_weight_;
  torch::Tensor packed_, backward_packed_; // for a kernel of our own; undefined where it is LibTorch's
};

} // namespace pastiche
