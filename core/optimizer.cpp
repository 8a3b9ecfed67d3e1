// SPDX-License-Identifier: GPL-3.0-or-later
#include "optimizer.h"

#include <algorithm>
#include <cmath>

#include <torch/optim/adam.h>
#include <torch/optim/lbfgs.h>

namespace pastiche {

Optimizer::Optimizer(pastiche_optimizer kind, torch::Tensor image, int64_t steps, double first_rate)
    : image_(std::move(image)), steps_(steps), first_rate_(first_rate) {
  if (kind == PASTICHE_ADAM)
    optimizer_ = std::make_unique<torch::optim::Adam>(std::vector{image_}, torch::optim::AdamOptions(first_rate).betas({0.9, 0.99}));
  else
    optimizer_ = std::make_unique<torch::optim::LBFGS>(
        std::vector{image_}, torch::optim::LBFGSOptions(1).max_iter(1).max_eval(4).history_size(20).line_search_fn("strong_wolfe"));
}

void Optimizer::step(const std::function<torch::Tensor()> &evaluate) {
  if (auto *adam = dynamic_cast<torch::optim::Adam *>(optimizer_.get())) {
    const double done = static_cast<double>(taken_) / static_cast<double>(std::max<int64_t>(1, steps_ - 1));
    const double last_rate = first_rate_ / 15;
    const double rate = last_rate + (first_rate_ - last_rate) * 0.5 * (1 + std::cos(M_PI * done));
    adam->param_groups()[0].options().set_lr(rate);
  }
  // Where a value lies on the edge of the box and the gradient points out of it, there is nothing to gain: without this L-BFGS would
  // learn its curvature from moves that the clamping takes back.
  optimizer_->step([&] {
    const torch::Tensor loss = evaluate();
    torch::NoGradGuard no_grad;
    torch::Tensor &gradient = image_.mutable_grad();
    gradient.masked_fill_(((image_ <= 0) & (gradient > 0)) | ((image_ >= 1) & (gradient < 0)), 0);
    return loss;
  });
  torch::NoGradGuard no_grad;
  image_.clamp_(0, 1);
  ++taken_;
}

} // namespace pastiche
