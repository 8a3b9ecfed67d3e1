// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/optimizer.h"

#include <gtest/gtest.h>

using namespace pastiche;

TEST(Optimizer, BothFindTheNearestImageWithinTheBox) {
  // The squared distance to a goal that lies partly outside 0..1: the answer is the goal, clamped.
  const torch::Tensor goal = torch::tensor({-0.5f, 0.1f, 0.6f, 0.9f, 1.7f, 0.3f});
  for (const pastiche_optimizer kind : {PASTICHE_ADAM, PASTICHE_LBFGS}) {
    torch::Tensor image = torch::full({6}, 0.5f).requires_grad_(true);
    Optimizer optimizer(kind, image, 200, 0.03);
    for (int step = 0; step < 200; ++step) {
      optimizer.step([&] {
        image.mutable_grad() = torch::Tensor();
        const torch::Tensor loss = (image - goal).square().sum();
        loss.backward();
        return loss;
      });
      ASSERT_GE(image.min().item<float>(), 0.f);
      ASSERT_LE(image.max().item<float>(), 1.f);
    }
    EXPECT_LT((image - goal.clamp(0, 1)).abs().max().item<float>(), 0.01) << kind;
  }
}
