// SPDX-License-Identifier: GPL-3.0-or-later
#include "losses.h"

#include <torch/autograd.h>
#include <torch/nn/functional.h>

namespace pastiche {
namespace {

namespace F = torch::nn::functional;

// Keeps a style or content without any features (black, constant) from dividing by zero.
constexpr double smallest_norm = 1e-12;

// Sums are taken in float32 at least.
torch::Tensor widened(const torch::Tensor &tensor) { return tensor.scalar_type() == torch::kBFloat16 ? tensor.to(torch::kFloat) : tensor; }

double square_sum(const torch::Tensor &tensor) { return widened(tensor).square().sum().item<double>(); }

// Feature maps as a matrix with one row per pixel. Channels-last maps need no copy.
torch::Tensor pixel_rows(const torch::Tensor &features) { return features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)}); }

// rowsᵀ · rows. In bfloat16 the hardware multiplies many times faster but rounds its sums to 8 bits, so the sum over the pixels is
// taken in float32 over blocks of them.
torch::Tensor product_sum(const torch::Tensor &rows) {
  if (rows.scalar_type() != torch::kBFloat16)
    return rows.t().mm(rows);
  constexpr int64_t block = 4096;
  const int64_t blocks = rows.size(0) / block, rest = rows.size(0) % block;
  torch::Tensor sum = torch::zeros({rows.size(1), rows.size(1)}, rows.options().dtype(torch::kFloat));
  if (blocks > 0) {
    const torch::Tensor in_blocks = rows.narrow(0, 0, blocks * block).view({blocks, block, -1});
    sum += torch::bmm(in_blocks.transpose(1, 2), in_blocks).to(torch::kFloat).sum(0);
  }
  if (rest > 0) {
    const torch::Tensor last = rows.narrow(0, blocks * block, rest);
    sum += last.t().mm(last).to(torch::kFloat);
  }
  return sum;
}

// The closed form of the gradient, dL/dF = F (dL/dG + dL/dGᵀ) / pixels, takes one product where recorded operations take two.
struct GramFunction : torch::autograd::Function<GramFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext *context, const torch::Tensor &features) {
    context->save_for_backward({features});
    const torch::Tensor rows = pixel_rows(features);
    return product_sum(rows) / rows.size(0);
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *context, torch::autograd::tensor_list gradients) {
    const torch::Tensor features = context->get_saved_variables()[0];
    const torch::Tensor rows = pixel_rows(features);
    const torch::Tensor gradient = gradients[0];
    const torch::Tensor symmetric = (gradient + gradient.t()) / rows.size(0);
    const torch::Tensor result = rows.mm(symmetric.to(rows.scalar_type()));
    return {result.view({1, features.size(2), features.size(3), features.size(1)}).permute({0, 3, 1, 2})};
  }
};

} // namespace

torch::Tensor gram_matrix(const torch::Tensor &features, const torch::Tensor &weights) {
  if (!weights.defined())
    return GramFunction::apply(features);
  const torch::Tensor rows = pixel_rows(widened(features)), w = pixel_rows(weights.to(rows.scalar_type()));
  return (rows * w).t().mm(rows) / w.sum();
}

ContentLoss::ContentLoss(Features target, std::vector<std::string> layers) : target_(std::move(target)), layers_(std::move(layers)) {
  for (const std::string &layer : layers_)
    norm_[layer] = square_sum(target_.at(layer)) + smallest_norm;
}

torch::Tensor ContentLoss::operator()(const Features &features) const {
  torch::Tensor sum;
  for (const std::string &layer : layers_) {
    const torch::Tensor term = widened(features.at(layer) - target_.at(layer)).square().sum() / norm_.at(layer);
    sum = sum.defined() ? sum + term : term;
  }
  return sum / static_cast<double>(layers_.size());
}

GramLoss::GramLoss(const Features &style, std::vector<std::string> layers, const torch::Tensor &alpha) : layers_(std::move(layers)) {
  for (const std::string &layer : layers_) {
    const torch::Tensor &features = style.at(layer);
    const torch::Tensor weights =
        alpha.defined() ? torch::adaptive_avg_pool2d(alpha, {features.size(2), features.size(3)}) : torch::Tensor();
    target_[layer] = gram_matrix(features, weights);
    norm_[layer] = square_sum(target_[layer]) + smallest_norm;
  }
}

torch::Tensor GramLoss::operator()(const Features &features) const {
  torch::Tensor sum;
  for (const std::string &layer : layers_) {
    const torch::Tensor term = (gram_matrix(features.at(layer)) - target_.at(layer)).square().sum() / norm_.at(layer);
    sum = sum.defined() ? sum + term : term;
  }
  return sum / static_cast<double>(layers_.size());
}

torch::Tensor total_variation(const torch::Tensor &image) {
  const int64_t h = image.size(2), w = image.size(3);
  const torch::Tensor across = image.narrow(3, 1, w - 1) - image.narrow(3, 0, w - 1);
  const torch::Tensor down = image.narrow(2, 1, h - 1) - image.narrow(2, 0, h - 1);
  return (across.square().sum() + down.square().sum()) / static_cast<double>(image.numel());
}

} // namespace pastiche
