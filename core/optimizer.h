// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's optimisers, applied to an image whose values must stay within 0..1.
#pragma once

#include <functional>
#include <memory>

#include <torch/optim/optimizer.h>

#include "pastiche.h"

namespace pastiche {

class Optimizer {
public:
  // `image` is changed in place by every step. Adam's first step changes its values by about `first_rate` (in units of the image's range);
  // over the `steps` that will be taken this falls to a fifteenth of it along a half cosine. L-BFGS finds its own step sizes.
  Optimizer(pastiche_optimizer kind, torch::Tensor image, int64_t steps, double first_rate);

  // One step. `evaluate` computes the loss of the image and its gradient; L-BFGS may call it several times.
  void step(const std::function<torch::Tensor()> &evaluate);

private:
  torch::Tensor image_;
  int64_t steps_, taken_ = 0;
  double first_rate_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
};

} // namespace pastiche
