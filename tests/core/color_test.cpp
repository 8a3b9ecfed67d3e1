// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/color.h"

#include <cmath>

#include <gtest/gtest.h>

namespace {

using namespace pastiche;

torch::Tensor flat(float r, float g, float b, int64_t side = 24) {
  return torch::tensor({r, g, b}).view({1, 3, 1, 1}).expand({1, 3, side, side}).contiguous();
}

torch::Tensor means(const torch::Tensor &image) { return image.mean({0, 2, 3}); }

// The share of pixels that are within `radius` of a colour.
double share_near(const torch::Tensor &image, float r, float g, float b, double radius) {
  const torch::Tensor distance = (image - flat(r, g, b, 1)).square().sum(1).sqrt();
  return (distance < radius).to(torch::kDouble).mean().item<double>();
}

} // namespace

TEST(ColorMap, APictureMappedToItselfStaysAsItIs) {
  torch::manual_seed(1);
  const torch::Tensor image = torch::rand({1, 3, 60, 80});
  EXPECT_LT((ColorMap(image, {}, image, {})(image) - image).abs().max().item<float>(), 0.03);
}

TEST(ColorMap, NoiseGetsTheColoursOfAPictureOfTwoColours) {
  torch::manual_seed(2);
  const torch::Tensor noise = torch::rand({1, 3, 80, 80});
  // Three quarters orange, one quarter blue.
  const torch::Tensor two = torch::cat({flat(0.9, 0.5, 0.1), flat(0.9, 0.5, 0.1), flat(0.9, 0.5, 0.1), flat(0.1, 0.2, 0.8)}, 3);
  const torch::Tensor mapped = ColorMap(noise, {}, two, {})(noise);
  EXPECT_NEAR(share_near(mapped, 0.9, 0.5, 0.1, 0.15), 0.75, 0.1);
  EXPECT_NEAR(share_near(mapped, 0.1, 0.2, 0.8, 0.15), 0.25, 0.1);
  EXPECT_LT((means(mapped) - means(two)).abs().max().item<float>(), 0.03);
}

TEST(ColorMap, TwoTonesBecomeTheMiddlesOfWhatIsAsMuch) {
  // Three quarters black and one quarter white among grays of 0 … 1, all as many: the middles of 0 … 0.75 and of 0.75 … 1.
  const torch::Tensor tones = torch::cat({flat(0, 0, 0), flat(0, 0, 0), flat(0, 0, 0), flat(1, 1, 1)}, 3);
  const torch::Tensor grays = torch::linspace(0, 1, 4096).view({1, 1, 64, 64}).expand({1, 3, 64, 64}).contiguous();
  const ColorMap map(tones, {}, grays, {});
  EXPECT_LT((map(flat(0, 0, 0)) - 0.375).abs().max().item<float>(), 0.02);
  EXPECT_LT((map(flat(1, 1, 1)) - 0.875).abs().max().item<float>(), 0.02);
}

TEST(ColorMap, HalfTheAmountGoesHalfTheWay) {
  torch::manual_seed(3);
  const torch::Tensor image = torch::rand({1, 3, 30, 30});
  const ColorMap map(image, {}, image * 0.5, {});
  EXPECT_TRUE(torch::equal(map(image, 0), image));
  EXPECT_TRUE(torch::allclose(map(image, 0.5), (image + map(image)) / 2, 1e-5, 1e-6));
}

// 33 places along each side of RGB.
TEST(ColorMap, BetweenThePlacesOfItsTableColoursAreMixedAndBeyondThemStayThoseOfTheEdge) {
  torch::manual_seed(13);
  const ColorMap map(torch::rand({1, 3, 40, 40}), {}, torch::rand({1, 3, 40, 40}).pow(2), {});
  const torch::Tensor cells = torch::randint(0, 32, {1, 3, 1, 100}) / 32.0, within = torch::rand({1, 3, 1, 100});
  torch::Tensor expected = torch::zeros({1, 3, 1, 100});
  for (int64_t corner = 0; corner < 8; ++corner) {
    const torch::Tensor upper = torch::tensor({corner & 1, corner >> 1 & 1, corner >> 2}).view({1, 3, 1, 1}).to(torch::kFloat);
    expected += (upper * within + (1 - upper) * (1 - within)).prod(1, true) * map(cells + upper / 32);
  }
  EXPECT_LT((map(cells + within / 32) - expected).abs().max().item<float>(), 1e-4);
  const torch::Tensor edge = torch::tensor({0.0f, 1.0f, 0.5f}).view({1, 3, 1, 1}),
                      beyond = torch::tensor({-0.2f, 1.3f, 0.5f}).view({1, 3, 1, 1});
  EXPECT_LT((map(beyond) - map(edge)).abs().max().item<float>(), 1e-6);
  map(torch::full({1, 3, 2, 2}, NAN)); // reads nothing beyond it
}

TEST(ColorMap, AConstantPictureGetsAColourFromTheMiddle) {
  torch::manual_seed(4);
  const torch::Tensor style = torch::rand({1, 3, 50, 50});
  const torch::Tensor mapped = ColorMap(flat(0.2, 0.2, 0.2), {}, style, {})(flat(0.2, 0.2, 0.2));
  EXPECT_TRUE(mapped.isfinite().all().item<bool>());
  EXPECT_LT((means(mapped) - 0.5).abs().max().item<float>(), 0.2);
}

TEST(ColorMap, EverythingBecomesTheColourOfAConstantPicture) {
  torch::manual_seed(5);
  const torch::Tensor image = torch::rand({1, 3, 50, 50});
  EXPECT_LT((ColorMap(image, {}, flat(0.3, 0.6, 0.1), {})(image) - flat(0.3, 0.6, 0.1, 1)).abs().max().item<float>(), 0.01);
}

TEST(ColorMap, TransparentPixelsLendNoColour) {
  torch::manual_seed(6);
  const torch::Tensor image = torch::rand({1, 3, 24, 24});
  const torch::Tensor style = torch::cat({flat(0.2, 0.8, 0.2), flat(1, 0, 1)}, 3);
  const torch::Tensor alpha = torch::cat({torch::ones({1, 1, 24, 24}), torch::zeros({1, 1, 24, 24})}, 3);
  EXPECT_GT(share_near(ColorMap(image, {}, style, alpha)(image), 0.2, 0.8, 0.2, 0.02), 0.99);
  // Where nothing is visible, what colour there is has to do.
  EXPECT_TRUE(ColorMap(image, {}, style, alpha * 0)(image).isfinite().all().item<bool>());
}

TEST(ColorMap, EveryColumnOfALargePictureLendsColours) {
  torch::manual_seed(8);
  // Each of so many rows lends four pixels only. A border of one pixel in black is a fortieth of the picture.
  const torch::Tensor image = torch::rand({1, 3, 4000, 80});
  const torch::Tensor bordered = flat(0.4, 0.6, 0.8, 1).expand({1, 3, 4000, 80}).clone();
  bordered.narrow(3, 0, 1).zero_();
  bordered.narrow(3, 79, 1).zero_();
  const torch::Tensor right = flat(0.4, 0.6, 0.8, 1).flatten() * 78 / 80;
  EXPECT_LT((means(ColorMap(image, {}, bordered, {})(image)) - right).abs().max().item<float>(), 0.01);
  EXPECT_TRUE(torch::equal(ColorMap(image, {}, bordered, {})(image), ColorMap(image, {}, bordered, {})(image)));
}

TEST(ColorMap, LinesLendNoMoreColourThanTheyCover) {
  torch::manual_seed(9);
  const torch::Tensor image = torch::rand({1, 3, 64, 64}), green = flat(0.2, 0.6, 0.3, 1);
  const torch::Tensor style = green.expand({1, 3, 800, 1200}).clone();
  style.slice(3, 0, 1200, 60).copy_(flat(1, 0, 1, 1));
  EXPECT_GT(share_near(ColorMap(image, {}, style, {})(image), 0.2, 0.6, 0.3, 0.02), 0.9);
  // What is visible is sampled as evenly.
  const torch::Tensor alpha = torch::zeros({1, 1, 800, 1200});
  alpha.narrow(3, 0, 600).fill_(1);
  EXPECT_GT(share_near(ColorMap(image, {}, style, alpha)(image), 0.2, 0.6, 0.3, 0.02), 0.9);
}

namespace {

// Gray in two values, half of the picture each.
torch::Tensor two_grays(float one, float other) { return torch::cat({flat(one, one, one), flat(other, other, other)}, 3); }

} // namespace

TEST(CovarianceOf, TheSamePictureStaysAsItIs) {
  torch::manual_seed(10);
  const torch::Tensor image = torch::rand({1, 3, 40, 40}) * 0.8 + 0.1;
  EXPECT_LT((covariance_of(image, image, {}) - image).abs().max().item<float>(), 1e-3);
  EXPECT_LT((covariance_of(two_grays(0.3, 0.6), two_grays(0.3, 0.6), {}) - two_grays(0.3, 0.6)).abs().max().item<float>(), 1e-3);
  EXPECT_LT((covariance_of(flat(0.3, 0.3, 0.3), flat(0.3, 0.3, 0.3), {}) - 0.3).abs().max().item<float>(), 1e-3);
}

TEST(CovarianceOf, APictureWithoutColourTakesAllColourAway) {
  torch::manual_seed(11);
  // Speckle of 0.02 about gray: along the axes in which the content does not vary, the gain is 0.
  const torch::Tensor speckled = two_grays(0.3, 0.6) + 0.02 * torch::randn({1, 3, 24, 48});
  const torch::Tensor gray = covariance_of(speckled, two_grays(0.4, 0.5), {});
  EXPECT_LT((gray.amax(1) - gray.amin(1)).max().item<float>(), 1e-3);
  EXPECT_LT((covariance_of(speckled, flat(0.4, 0.5, 0.6), {}) - flat(0.4, 0.5, 0.6, 1)).abs().max().item<float>(), 1e-3);
  // Between grays the map is the line through the two points, whatever their distances are.
  EXPECT_LT((covariance_of(two_grays(0.2, 0.3), two_grays(0.1, 0.9), {}) - two_grays(0.1, 0.9)).abs().max().item<float>(), 1e-3);
}

TEST(LightnessOf, KeepsLightnessOfOneAndHueOfTheOther) {
  torch::manual_seed(7);
  const torch::Tensor image = torch::rand({1, 3, 16, 16}) * 0.9 + 0.05;
  EXPECT_LT((lightness_of(image, image) - image).abs().max().item<float>(), 2e-3);
  // A gray content takes all colour away: the result is gray, and as light as the painted colour is. OkLab lightness of sRGB red is
  // 0.627955 (Ottosson's page); gray has L = cube root of linear light, so sRGB of 0.627955³ = 0.24762: 1.055 · 0.24762^(1/2.4) − 0.055 =
  // 0.53476.
  const torch::Tensor gray = lightness_of(flat(1, 0, 0), flat(0.3, 0.3, 0.3));
  EXPECT_LT((gray - 0.53476).abs().max().item<float>(), 2e-3);
}
