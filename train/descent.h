// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that follow the gradient of a loss, with Adam (Kingma, Ba 2015).
#pragma once

#include <memory>
#include <vector>

#include <torch/optim/adam.h>

#include "settings.h"

namespace training {

// From now on the weights have gradients.
std::unique_ptr<torch::optim::Adam> make_optimizer(const std::vector<torch::Tensor> &weights, const Settings &settings);

// The step after so many others: sets the rate, and moves the weights against the gradient, no longer than 1, of the loss.
void descend(torch::optim::Adam &optimizer, const Settings &settings, int64_t steps_done, const torch::Tensor &loss);

} // namespace training
