// SPDX-License-Identifier: GPL-3.0-or-later
#include "lens.h"

namespace training {

torch::Tensor lens_of(const torch::Tensor &gram, double power) {
  constexpr double weakest = 1e-3;
  const torch::Tensor mean = gram.to(torch::kCPU, torch::kDouble);
  const torch::Tensor safe = mean + torch::eye(mean.size(0), mean.options()) * (weakest * mean.diagonal().mean());
  const auto [values, vectors] = at::linalg_eigh(safe, "L");
  const torch::Tensor lens = (vectors * values.pow(-power / 2)).mm(vectors.t());
  return (lens * (mean.trace() / lens.mm(mean).mm(lens.t()).trace()).sqrt()).to(torch::kFloat);
}

} // namespace training
