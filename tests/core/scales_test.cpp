// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scales.h"

#include <gtest/gtest.h>

using namespace pastiche;

namespace {

void expect_plan(const std::vector<Scale> &plan, const std::vector<Scale> &wanted) {
  ASSERT_EQ(plan.size(), wanted.size());
  for (size_t i = 0; i < plan.size(); ++i) {
    EXPECT_EQ(plan[i].width, wanted[i].width);
    EXPECT_EQ(plan[i].height, wanted[i].height);
    EXPECT_EQ(plan[i].steps, wanted[i].steps);
  }
}

} // namespace

TEST(Scales, CoarseScalesHaveTheSameAreasForEveryPicture) {
  // 1024 × 576: √area 768. At 112: 149.33 × 84; steps 150, 105, 73.5, 51.45.
  expect_plan(plan_scales(1024, 576, 150), {{149, 84, 150}, {299, 168, 105}, {597, 336, 74}, {1024, 576, 51}});
  expect_plan(plan_scales(448, 448, 100), {{112, 112, 100}, {224, 224, 70}, {448, 448, 49}});
}

TEST(Scales, AScaleThatWouldHardlyBeSmallerIsLeftOut) {
  expect_plan(plan_scales(300, 300, 10), {{112, 112, 10}, {300, 300, 7}}); // 224 · 1.4 > 300
  expect_plan(plan_scales(112, 112, 10), {{112, 112, 10}});
}

TEST(Scales, ThinAndTinyPicturesAreNotMadeThinner) {
  expect_plan(plan_scales(32, 32, 5), {{32, 32, 5}});
  // 2000 × 40: √area 283; at 112 it would be 16 pixels high.
  expect_plan(plan_scales(2000, 40, 5), {{2000, 40, 5}});
}

TEST(Scales, EveryScaleGetsAStep) { expect_plan(plan_scales(448, 448, 1), {{112, 112, 1}, {224, 224, 1}, {448, 448, 1}}); }

TEST(Scales, OnlyTheFinestAreTakenWhenFewerAreAskedFor) {
  expect_plan(plan_scales(448, 448, 100, 1), {{448, 448, 100}});
  expect_plan(plan_scales(448, 448, 100, 2), {{224, 224, 100}, {448, 448, 70}});
  expect_plan(plan_scales(448, 448, 100, 9), {{112, 112, 100}, {224, 224, 70}, {448, 448, 49}});
}
