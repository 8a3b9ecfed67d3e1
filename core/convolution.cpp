// SPDX-License-Identifier: GPL-3.0-or-later
#include "convolution.h"

#include <ATen/Parallel.h>

#include "edges.h"
#include "kernels.h"

namespace pastiche {
namespace {

// Fewer channels than this are not worth a transform.
constexpr int64_t few_channels = 8;

const ConvolutionKernel &forward_kernel(int64_t channels) {
  return channels < few_channels ? map_kernels()->direct : map_kernels()->winograd;
}

torch::Tensor packed(const ConvolutionKernel &kernel, const torch::Tensor &weight) {
  const torch::Tensor plain = weight.contiguous(), result = torch::empty(kernel.packed_size(weight.size(1), weight.size(0)));
  kernel.pack(plain.const_data_ptr<float>(), weight.size(1), weight.size(0), result.mutable_data_ptr<float>());
  return result;
}

void run(const ConvolutionKernel &kernel, const ConvolutionTask &task) {
  in_blocks(kernel.cut(task, at::get_num_threads()),
            [&](const Blocks &blocks, int64_t block, float *scratch) { kernel.run(task, blocks, block, scratch); });
}

torch::Tensor channels_last(const torch::Tensor &maps) { return maps.contiguous(torch::MemoryFormat::ChannelsLast); }

torch::Tensor maps_like(const torch::Tensor &maps, int64_t channels, int64_t height, int64_t width) {
  return torch::empty({1, channels, height, width}, maps.options().memory_format(torch::MemoryFormat::ChannelsLast));
}

// 1×4O×H×W, outputs in the order 2×2×O, to 1×O×2H×2W.
torch::Tensor spread_places(const torch::Tensor &maps) {
  const int64_t channels = maps.size(1) / 4, height = maps.size(2), width = maps.size(3);
  return maps.permute({0, 2, 3, 1})
      .reshape({height, width, 2, 2, channels})
      .permute({0, 2, 1, 3, 4})
      .reshape({1, 2 * height, 2 * width, channels})
      .permute({0, 3, 1, 2});
}

// By what each place of a small row is multiplied in a kernel's places on the enlarged row: phases × places of the kernel × places of the
// small row, of which the middle one is that of the two phases.
torch::Tensor enlargement(int64_t kernel) {
  const int64_t before = kernel / 2, middle = before / 2 + 1;
  torch::Tensor shares = torch::zeros({2, kernel, 2 * middle + 1}, torch::kDouble);
  for (int64_t phase = 0; phase < 2; ++phase)
    for (int64_t i = 0; i < kernel; ++i) {
      const int64_t place = phase + i - before + 2 * middle; // on the enlarged row, from the first of the small one on
      const int64_t own = place / 2, other = own + (place % 2 == 0 ? -1 : 1);
      shares[phase][i][own] = 0.75;
      shares[phase][i][other] = 0.25;
    }
  return shares;
}

const float *numbers(const torch::Tensor &tensor) { return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr; }

} // namespace

Convolution::Convolution(const torch::Tensor &weight, const torch::Tensor &bias, Padding padding, torch::Device device,
                         torch::ScalarType precision, bool leads_back)
    : weight_(channels_last(weight.to(device, precision))), bias_(bias.to(device, precision)), padding_(padding) {
  const bool own = device.is_cpu() && precision == torch::kFloat && weight.size(2) == 3 && map_kernels();
  if (own)
    packed_ = packed(forward_kernel(weight.size(1)), weight_);
  if (!leads_back)
    return;
  const torch::Tensor backward = channels_last(weight_.flip({2, 3}).transpose(0, 1));
  if (own)
    backward_packed_ = packed(map_kernels()->winograd, backward);
  else
    backward_weight_ = backward;
}

Convolution Convolution::of_enlarged(const torch::Tensor &weight, const torch::Tensor &bias, torch::Device device,
                                     torch::ScalarType precision) {
  const torch::Tensor shares = enlargement(weight.size(2));
  const torch::Tensor all = torch::einsum("ydi,xej,ocde->yxocij", {shares, shares, weight.to(torch::kDouble)}).flatten(0, 2);
  Convolution result(all.to(torch::kFloat), bias.repeat(4), Padding::replicate, device, precision, false);
  result.enlarges_ = true;
  return result;
}

bool Convolution::averages() const { return packed_.defined() && weight_.size(1) >= few_channels && !enlarges_; }

torch::Tensor Convolution::operator()(const torch::Tensor &maps, Then then, bool with_bias) const {
  const torch::Tensor bias = with_bias ? bias_ : torch::Tensor();
  if (packed_.defined()) {
    const torch::Tensor input = channels_last(maps);
    const int64_t channels = input.size(1), height = input.size(2), width = input.size(3);
    const bool average = then == Then::average;
    const bool spreads = enlarges_ && channels >= few_channels && outputs() % map_kernels()->spread_outputs == 0;
    const torch::Tensor output = spreads   ? maps_like(maps, outputs(), 2 * height, 2 * width)
                                 : average ? maps_like(maps, outputs(), height / 2, width / 2)
                                           : maps_like(maps, weight_.size(0), height, width);
    run(forward_kernel(channels), {.input = numbers(input),
                                   .height = height,
                                   .width = width,
                                   .channels = channels,
                                   .replicate = padding_ == Padding::replicate,
                                   .weights = numbers(packed_),
                                   .bias = numbers(bias),
                                   .relu = then != Then::nothing,
                                   .spread = spreads,
                                   .average = average,
                                   .output = output.mutable_data_ptr<float>(),
                                   .outputs = weight_.size(0)});
    return enlarges_ && !spreads ? spread_places(output) : output;
  }
  const int64_t m = margin();
  const torch::Tensor sum =
      padding_ == Padding::replicate ? torch::conv2d(replicated(maps, m), weight_, bias) : torch::conv2d(maps, weight_, bias, 1, m);
  const torch::Tensor output = then == Then::nothing ? sum : sum.relu_();
  return enlarges_ ? spread_places(output) : output;
}

torch::Tensor Convolution::backward(const torch::Tensor &gradient, const torch::Tensor &relu) const {
  if (backward_packed_.defined()) {
    const torch::Tensor input = channels_last(gradient), mask = relu.defined() ? channels_last(relu) : relu;
    const torch::Tensor output = maps_like(gradient, weight_.size(1), gradient.size(2), gradient.size(3));
    run(map_kernels()->winograd, {.input = numbers(input),
                                  .height = input.size(2),
                                  .width = input.size(3),
                                  .channels = input.size(1),
                                  .mask = numbers(mask),
                                  .fold = padding_ == Padding::replicate,
                                  .weights = numbers(backward_packed_),
                                  .output = output.mutable_data_ptr<float>(),
                                  .outputs = output.size(1)});
    return output;
  }
  const torch::Tensor through = relu.defined() ? at::threshold_backward(gradient, relu, 0) : gradient;
  const int64_t m = margin();
  if (padding_ == Padding::zeros)
    return torch::conv2d(through, backward_weight_, {}, 1, m);
  // Padded beforehand: where oneDNN does it, its rounding depends on the number of threads.
  return fold_edges(torch::conv2d(torch::constant_pad_nd(through, {2 * m, 2 * m, 2 * m, 2 * m}), backward_weight_), m);
}

} // namespace pastiche
