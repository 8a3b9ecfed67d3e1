// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/scales.h"

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

// A picture whose overview has its own shape.
std::vector<Scale> plan(int64_t width, int64_t height, int64_t steps, int64_t most = 0) {
  return plan_scales({width, height}, {width, height}, steps, most);
}

} // namespace

TEST(Scales, CoarseScalesHaveTheSameAreasForEveryPicture) {
  // 1024 × 576: √area 768, so that 832 is left out. At 104: 138.67 × 78; steps 150, 105, 73.5, 51.45 · log2(768 / 416).
  expect_plan(plan(1024, 576, 150), {{139, 78, 150}, {277, 156, 105}, {555, 312, 74}, {1024, 576, 46}});
  expect_plan(plan(416, 416, 100), {{104, 104, 100}, {208, 208, 70}, {416, 416, 49}});
  expect_plan(plan(100, 100, 10), {{104, 104, 10}, {100, 100, 1}}); // a fifth of 7
}

TEST(Scales, TheyHaveTheShapeOfTheOverview) {
  // 509 × 340: √area 416.005. 1000 × 667: √area 816.7; 34.3 · log2(816.7 / 416) = 33.4.
  expect_plan(plan_scales({1000, 667}, {509, 340}, 100), {{127, 85, 100}, {254, 170, 70}, {509, 340, 49}, {1000, 667, 33}});
  // 1600 × 1067: √area 1306.6; at 832: 1018.8 × 679.4; 24.01 · log2(1306.6 / 832) = 15.6.
  expect_plan(plan_scales({1600, 1067}, {509, 340}, 100),
              {{127, 85, 100}, {254, 170, 70}, {509, 340, 49}, {1019, 679, 34}, {1600, 1067, 16}});
}

TEST(Scales, TheLastStepsAreForTheLittleThatIsMissing) {
  expect_plan(plan(300, 300, 100), {{104, 104, 100}, {208, 208, 70}, {300, 300, 26}});                // 49 · log2(300 / 208)
  expect_plan(plan(420, 420, 100), {{104, 104, 100}, {208, 208, 70}, {416, 416, 49}, {420, 420, 7}}); // a fifth of 34.3
}

TEST(Scales, ASharedScaleMayBeTheLast) {
  const auto shared = [](int64_t width, int64_t height, int64_t most = 0) {
    return plan_scales({width, height}, {width, height}, 100, most, false);
  };
  expect_plan(shared(512, 288), {{139, 78, 100}, {277, 156, 70}, {555, 312, 49}}); // √area 384
  expect_plan(shared(420, 420), {{104, 104, 100}, {208, 208, 70}, {416, 416, 49}, {420, 420, 7}});
  expect_plan(shared(300, 300), {{104, 104, 100}, {208, 208, 70}, {300, 300, 26}});
  expect_plan(shared(512, 288, 2), {{277, 156, 100}, {555, 312, 70}});
  expect_plan(shared(512, 288, 1), {{512, 288, 100}});
}

TEST(Scales, ThinAndTinyPicturesAreNotMadeThinner) {
  expect_plan(plan(32, 32, 5), {{32, 32, 5}});
  // 2000 × 40: √area 283; at 208 it would be 29 pixels high.
  expect_plan(plan(2000, 40, 5), {{2000, 40, 5}});
}

TEST(Scales, EveryScaleGetsAStep) { expect_plan(plan(416, 416, 1), {{104, 104, 1}, {208, 208, 1}, {416, 416, 1}}); }

TEST(Scales, OnlyTheFinestAreTakenWhenFewerAreAskedFor) {
  expect_plan(plan(400, 400, 100, 1), {{400, 400, 100}});
  expect_plan(plan(416, 416, 100, 2), {{208, 208, 100}, {416, 416, 70}});
  expect_plan(plan(416, 416, 100, 9), {{104, 104, 100}, {208, 208, 70}, {416, 416, 49}});
}
