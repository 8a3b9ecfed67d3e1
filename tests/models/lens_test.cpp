// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/lens.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/core/reference.h"

namespace {

using training::lens_of;

TEST(Lens, ByHand) {
  // Powers 16 and 1 become 4 and 1 by half of the difference, and 1 and 1 by all of it; their sum stays 17.
  const torch::Tensor gram = torch::diag(torch::tensor({16.0, 1.0}, torch::kDouble));
  const torch::Tensor half = lens_of(gram, 0.5).square() * torch::tensor({16.0, 1.0}),
                      all = lens_of(gram, 1).square() * torch::tensor({16.0, 1.0});
  constexpr double safety = 0.01; // what a thousandth of the mean makes
  EXPECT_NEAR(half[0][0].item<double>(), 17 * 4.0 / 5, 17 * safety);
  EXPECT_NEAR(half[1][1].item<double>(), 17 * 1.0 / 5, 17 * safety);
  EXPECT_NEAR(all[0][0].item<double>(), 8.5, 17 * safety);
  EXPECT_NEAR(all[1][1].item<double>(), 8.5, 17 * safety);
  EXPECT_LT(reference::difference(lens_of(gram, 0), torch::eye(2)), 1e-6);
}

TEST(Lens, MixturesCountAsChannelsDo) {
  // Turned by 30°.
  const double c = std::cos(0.5236), s = std::sin(0.5236);
  const torch::Tensor turn = torch::tensor({c, -s, s, c}, torch::kDouble).view({2, 2});
  const torch::Tensor gram = torch::diag(torch::tensor({16.0, 1.0}, torch::kDouble)), turned = turn.mm(gram).mm(turn.t());
  EXPECT_LT(reference::difference(lens_of(turned, 0.5).to(torch::kDouble), turn.mm(lens_of(gram, 0.5).to(torch::kDouble)).mm(turn.t())),
            1e-6);
}

TEST(Lens, WhatNeverSpeaksIsNotMadeLoud) {
  const torch::Tensor lens = lens_of(torch::diag(torch::tensor({1.0, 0.0}, torch::kDouble)), 1);
  EXPECT_TRUE(lens.isfinite().all().item<bool>());
  EXPECT_LT(lens[1][1].item<double>(), 50);
}

} // namespace
