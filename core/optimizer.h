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
  // `image` is changed in place by every step; `steps` is how many will be taken, over which the step size falls.
  Optimizer(pastiche_optimizer kind, torch::Tensor image, int64_t steps);

  // One step. `evaluate` computes the loss of the image and its gradient; L-BFGS may call it several times.
  void step(const std::function<torch::Tensor()> &evaluate);

private:
  torch::Tensor image_;
  int64_t steps_, taken_ = 0;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
};

} // namespace pastiche
