// SPDX-License-Identifier: GPL-3.0-or-later
#include "descent.h"

#include <algorithm>
#include <cmath>

#include <torch/nn/utils/clip_grad.h>

namespace training {
namespace {

constexpr int64_t rising_steps = 50;

} // namespace

std::unique_ptr<torch::optim::Adam> make_optimizer(const std::vector<torch::Tensor> &weights, const Settings &settings) {
  for (const torch::Tensor &weight : weights)
    weight.requires_grad_(true);
  return std::make_unique<torch::optim::Adam>(weights, torch::optim::AdamOptions(settings.rate).betas({0.9, 0.99}));
}

void descend(torch::optim::Adam &optimizer, const Settings &settings, int64_t steps_done, const torch::Tensor &loss) {
  const double risen = std::min(1.0, static_cast<double>(steps_done + 1) / static_cast<double>(rising_steps));
  const double fallen = 0.5 * (1 + std::cos(M_PI * std::min(1.0, static_cast<double>(steps_done) / static_cast<double>(settings.steps))));
  for (auto &group : optimizer.param_groups())
    static_cast<torch::optim::AdamOptions &>(group.options()).lr(settings.rate * risen * fallen);
  optimizer.zero_grad();
  loss.backward();
  torch::nn::utils::clip_grad_norm_(optimizer.param_groups()[0].params(), 1.0);
  optimizer.step();
}

} // namespace training
