// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/brushstage.h"

#include <gtest/gtest.h>

namespace {

using namespace pastiche;

// Where the painting is the picture before, that is kept, whichever style is painted there.
TEST(BrushStage, TellsWhatIsFreshBesideThePictureBefore) {
  torch::manual_seed(3);
  const torch::Tensor painting = torch::rand({1, 3, 60, 80}), style = torch::rand({1, 3, 50, 50});
  const torch::Tensor left = torch::zeros({1, 1, 60, 80});
  left.narrow(3, 0, 30).fill_(1);
  const torch::Tensor before = painting.clone();
  before.narrow(3, 60, 20).copy_(1 - before.narrow(3, 60, 20));
  for (const std::vector<Style> &styles : {std::vector<Style>{{style, {}, {}, 1}},
                                           {{style, {}, left, 1}, {style, {}, 1 - left, 1}},
                                           {{style, {}, 1 - left, 1}, {style, {}, left, 1}}}) {
    const BrushStage stage{.painting = painting,
                           .before = before,
                           .photograph = {painting, {}},
                           .styles = styles,
                           .style_scale = 1,
                           .amount = 1,
                           .seed = 1,
                           .tells_places = false};
    const torch::Tensor fresh = stage.paint({}).fresh;
    ASSERT_TRUE(fresh.defined());
    EXPECT_EQ(fresh.narrow(3, 0, 30).max().item<float>(), 0) << styles.size();
    EXPECT_EQ(fresh.narrow(3, 75, 5).min().item<float>(), 1) << styles.size();
  }
}

} // namespace
