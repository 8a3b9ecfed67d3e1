// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport.h"

#include "threads.h"

namespace pastiche {
namespace {

// By how much distributions are taken to be wider, as a part of the mean variance of both, and at least: features are about 1 in size.
constexpr double wider = 1e-3, least_wider = 1e-6;

// Of a symmetric positive definite matrix. A product of such is one but for rounding.
torch::Tensor power(const torch::Tensor &matrix, double exponent) {
  const auto [values, vectors] = at::linalg_eigh(matrix, "L");
  return (vectors * values.clamp_min(0).pow(exponent)).mm(vectors.t());
}

} // namespace

Gaussian Gaussian::of(const Statistics &statistics) {
  const torch::Tensor mean = statistics.mean.to(torch::kCPU, torch::kDouble), gram = statistics.gram.to(torch::kCPU, torch::kDouble);
  return {mean, gram - mean.outer(mean)};
}

AffineMap AffineMap::identity(int64_t channels) { return {torch::eye(channels, torch::kDouble), torch::zeros({channels}, torch::kDouble)}; }

AffineMap AffineMap::partly(double share) const {
  return {identity(shift.size(0)).matrix.mul(1 - share).add_(matrix, share), shift * share};
}

AffineMap transport(const Gaussian &from, const Gaussian &to) {
  const OneThread one;
  const int64_t channels = from.mean.size(0);
  const double variances = (from.covariance.trace() + to.covariance.trace()).item<double>() / 2;
  const torch::Tensor width =
      torch::eye(channels, torch::kDouble) * (wider * std::max(0.0, variances) / static_cast<double>(channels) + least_wider);
  const torch::Tensor target = to.covariance + width;
  const auto [values, vectors] = at::linalg_eigh(from.covariance + width, "L");
  // Rounding may have made the least variances negative.
  const torch::Tensor deviations = torch::maximum(values, width[0][0]).sqrt();
  const torch::Tensor root = (vectors * deviations).mm(vectors.t()), inverse = (vectors / deviations).mm(vectors.t());
  const torch::Tensor matrix = inverse.mm(power(root.mm(target).mm(root), 0.5)).mm(inverse);
  return {matrix, to.mean - matrix.mv(from.mean)};
}

} // namespace pastiche
