// SPDX-License-Identifier: GPL-3.0-or-later
// By hand, on maps of a few pixels. What the losses make of a picture is in objective_test.cpp.
#include "core/losses.h"

#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "reference.h"

namespace {

using namespace pastiche;

torch::Tensor numbers(std::initializer_list<double> values, std::initializer_list<int64_t> shape) {
  return torch::tensor(std::vector<double>(values), torch::kDouble).view(shape);
}

Statistics statistics(const torch::Tensor &features, const torch::Tensor &weights = {}) {
  StatisticsSum sum;
  sum.add(features, weights);
  return sum.mean();
}

// Statistics of a normal distribution.
Statistics gaussian(const torch::Tensor &mean, const torch::Tensor &covariance) { return {covariance + mean.outer(mean), mean}; }

template <class Loss> double value(const Statistics &painting, const Statistics &style, Normalization normalization) {
  return Loss(style, normalization)(painting).template item<double>();
}

template <class Check> void for_every_style_loss(const Check &check) {
  for (const Normalization normalization : {Normalization::target, Normalization::none}) {
    check("gram", [=](const Statistics &style) { return std::make_unique<GramLoss>(style, normalization); });
    check("mean-std", [=](const Statistics &style) { return std::make_unique<MeanStdLoss>(style, normalization); });
    check("wasserstein", [=](const Statistics &style) { return std::make_unique<WassersteinLoss>(style, normalization); });
  }
}

template <class Check> void for_every_place_loss(const Check &check) {
  for (const Normalization normalization : {Normalization::target, Normalization::none}) {
    check("content", [=](const torch::Tensor &target) { return std::make_unique<ContentLoss>(target, normalization); });
    check("feature", [=](const torch::Tensor &target) { return std::make_unique<FeatureLoss>(target, normalization); });
    check("feature gradient", [=](const torch::Tensor &target) { return std::make_unique<FeatureGradientLoss>(target, normalization); });
  }
}

Rectangle whole(const torch::Tensor &maps) { return {0, 0, maps.size(3), maps.size(2)}; }

torch::Tensor part(const torch::Tensor &maps, const Rectangle &r) { return maps.narrow(2, r.top, r.height).narrow(3, r.left, r.width); }

// The four parts of 13 × 17 maps, of unequal sizes.
const Rectangle quarters[] = {{0, 0, 6, 5}, {6, 0, 11, 5}, {0, 5, 6, 8}, {6, 5, 11, 8}};

} // namespace

TEST(Statistics, ByHand) {
  // Two feature maps of two pixels: F1 = (1, 2), F2 = (3, -1). M11 = (1 + 4) / 2, M12 = (3 - 2) / 2, M22 = (9 + 1) / 2.
  const torch::Tensor features = numbers({1, 2, 3, -1}, {1, 2, 1, 2});
  EXPECT_TRUE(torch::allclose(statistics(features).gram, numbers({2.5, 0.5, 0.5, 5}, {2, 2})));
  EXPECT_TRUE(torch::allclose(statistics(features).mean, numbers({1.5, 1}, {2})));
  // With the second pixel counting three times as much: (1 + 3·4) / 4, (3 - 3·2) / 4, (9 + 3·1) / 4; (1 + 3·2) / 4, (3 - 3·1) / 4.
  const Statistics weighted = statistics(features, numbers({2, 6}, {1, 1, 1, 2}));
  EXPECT_TRUE(torch::allclose(weighted.gram, numbers({3.25, -0.75, -0.75, 3}, {2, 2})));
  EXPECT_TRUE(torch::allclose(weighted.mean, numbers({1.75, 0}, {2})));
  StatisticsSum sum;
  sum.add(features, numbers({2, 6}, {1, 1, 1, 2}));
  sum.add(features);
  EXPECT_EQ(sum.total(), 10);
}

TEST(Statistics, GradientByHand) {
  // L = M11 + 2 M12 + 5 μ2 of the maps above. dL/dF_p = ((dL/dM + dL/dMᵀ) F_p + dL/dμ) / 2, with ((2, 2), (2, 0)) in the brackets.
  const torch::Tensor features = numbers({1, 2, 3, -1}, {1, 2, 1, 2});
  const Statistics slope = {numbers({1, 2, 0, 0}, {2, 2}), numbers({0, 5}, {2})};
  EXPECT_TRUE(torch::allclose(statistics_gradient(features, {}, 2, slope), numbers({4, 1, 3.5, 4.5}, {1, 2, 1, 2})));
  // Weights of 2 and 6 of 8.
  EXPECT_TRUE(torch::allclose(statistics_gradient(features, numbers({2, 6}, {1, 1, 1, 2}), 8, slope),
                              numbers({8 * 0.25, 2 * 0.75, 7 * 0.25, 9 * 0.75}, {1, 2, 1, 2})));
}

TEST(Statistics, OfTilesAddUpToThoseOfTheWhole) {
  const torch::Tensor features = torch::randn({1, 6, 13, 17}, torch::kDouble).contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor mask = torch::rand({1, 1, 13, 17}, torch::kDouble);
  for (const torch::Tensor &weights : {torch::Tensor(), mask}) {
    StatisticsSum tiles;
    for (const Rectangle &r : quarters)
      tiles.add(part(features, r), weights.defined() ? part(weights, r) : weights);
    const Statistics expected = statistics(features, weights);
    EXPECT_LT(reference::difference(tiles.mean().gram, expected.gram), 1e-14);
    EXPECT_LT(reference::difference(tiles.mean().mean, expected.mean), 1e-13);
  }
}

TEST(Statistics, WhatDoesNotCountLendsNothing) {
  const torch::Tensor left = torch::rand({1, 4, 6, 5}, torch::kDouble), right = torch::rand({1, 4, 6, 5}, torch::kDouble) + 3;
  const torch::Tensor alpha = torch::cat({torch::full({1, 1, 6, 5}, 0.5, torch::kDouble), torch::zeros({1, 1, 6, 5}, torch::kDouble)}, 3);
  const Statistics both = statistics(torch::cat({left, right}, 3), alpha), alone = statistics(left);
  EXPECT_LT(reference::difference(both.gram, alone.gram), 1e-14);
  EXPECT_LT(reference::difference(both.mean, alone.mean), 1e-14);
}

TEST(Statistics, InBFloat16SumInFloat32) {
  // 101,000 pixels, not a multiple of the blocks. Each feature is 1 + noise, so that a sum rounded to 8 bits would stick at a few hundred.
  const torch::Tensor features =
      (1 + 0.1 * torch::randn({1, 16, 250, 404})).to(torch::kBFloat16).contiguous(torch::MemoryFormat::ChannelsLast);
  const Statistics exact = statistics(features.to(torch::kDouble)), rounded = statistics(features);
  EXPECT_EQ(rounded.gram.scalar_type(), torch::kFloat);
  EXPECT_EQ(rounded.mean.scalar_type(), torch::kFloat);
  EXPECT_LT(reference::difference(rounded.gram, exact.gram), 2e-3);
  EXPECT_LT(reference::difference(rounded.mean, exact.mean), 1e-5);
  // Tiles much smaller than the blocks.
  StatisticsSum tiles;
  for (int64_t top = 0; top < 250; top += 10)
    tiles.add(features.narrow(2, top, 10));
  EXPECT_LT(reference::difference(tiles.mean().gram, exact.gram), 2e-3);
  EXPECT_LT(reference::difference(tiles.mean().mean, exact.mean), 1e-5);
}

TEST(StyleLosses, GramByHand) {
  // M − S = ((1, 0), (0, −2)): 5 over 4 · 2², or over the style's 1 + 1 + 1 + 36.
  const Statistics painting = {numbers({2, 1, 1, 4}, {2, 2}), numbers({0, 0}, {2})};
  const Statistics style = {numbers({1, 1, 1, 6}, {2, 2}), numbers({0, 0}, {2})};
  EXPECT_NEAR(value<GramLoss>(painting, style, Normalization::none), 5.0 / 16, 1e-12);
  EXPECT_NEAR(value<GramLoss>(painting, style, Normalization::target), 5.0 / 39, 1e-12);
}

TEST(Statistics, OfFeaturesBehindAMatrix) {
  const torch::Tensor features = torch::rand({1, 4, 6, 5}, torch::kDouble), matrix = torch::randn({3, 4}, torch::kDouble);
  const Statistics seen = through(matrix, statistics(features));
  const Statistics expected = statistics(torch::einsum("oc,nchw->nohw", {matrix, features}));
  EXPECT_LT(reference::difference(seen.gram, expected.gram), 1e-14);
  EXPECT_LT(reference::difference(seen.mean, expected.mean), 1e-14);
  const Statistics plain = statistics(features);
  EXPECT_TRUE(through({}, plain).gram.equal(plain.gram));
}

TEST(Statistics, GradientBehindAMatrixByHand) {
  // A = (1, 2), so that M' = M11 + 2 M12 + 2 M21 + 4 M22 and μ' = μ1 + 2 μ2.
  const torch::Tensor matrix = numbers({1, 2}, {1, 2});
  const Statistics gradient = back_through(matrix, {numbers({3}, {1, 1}), numbers({5}, {1})});
  EXPECT_TRUE(gradient.gram.equal(numbers({3, 6, 6, 12}, {2, 2})));
  EXPECT_TRUE(gradient.mean.equal(numbers({5, 10}, {2})));
  EXPECT_FALSE(back_through(matrix, {numbers({3}, {1, 1}), {}}).mean.defined());
}

TEST(StyleLosses, MeanStdByHand) {
  // Means (2, 0) and deviations (1, 3) against (1, 0) and (2, 1): 1 + 1 + 4 over 2 maps, or over the style's 1 + 4 + 1.
  const Statistics painting = gaussian(numbers({2, 0}, {2}), numbers({1, 0.5, 0.5, 9}, {2, 2}));
  const Statistics style = gaussian(numbers({1, 0}, {2}), numbers({4, -1, -1, 1}, {2, 2}));
  EXPECT_NEAR(value<MeanStdLoss>(painting, style, Normalization::none), 3, 1e-12);
  EXPECT_NEAR(value<MeanStdLoss>(painting, style, Normalization::target), 1, 1e-12);
}

TEST(StyleLosses, WassersteinByHand) {
  // Independent features: |(0, 0) − (1, 2)|² + (2 − 1)² + (1 − 3)² = 10, over the style's 1 + 4 + 1 + 9.
  const torch::Tensor mean = numbers({1, 2}, {2}), origin = numbers({0, 0}, {2});
  const torch::Tensor a = numbers({4, 0, 0, 1}, {2, 2}), b = numbers({1, 0, 0, 9}, {2, 2});
  EXPECT_NEAR(value<WassersteinLoss>(gaussian(origin, a), gaussian(mean, b), Normalization::none), 10, 1e-9);
  EXPECT_NEAR(value<WassersteinLoss>(gaussian(origin, a), gaussian(mean, b), Normalization::target), 10.0 / 15, 1e-9);
  // The same in other coordinates, where the covariances are not diagonal.
  const double c = std::cos(0.7), s = std::sin(0.7);
  const torch::Tensor turn = numbers({c, -s, s, c}, {2, 2});
  const auto turned = [&](const torch::Tensor &m, const torch::Tensor &covariance) {
    return gaussian(turn.mv(m), turn.mm(covariance).mm(turn.t()));
  };
  EXPECT_NEAR(value<WassersteinLoss>(turned(origin, a), turned(mean, b), Normalization::none), 10, 1e-9);
  // Covariances that do not commute. The root of a 2 × 2 matrix X has the trace √(tr X + 2 √det X), here with X = AB:
  // tr ((2, 1), (1, 2)) ((5, 0), (0, 1)) = 12, det = 3 · 5; so 4 + 6 − 2 √(12 + 2 √15).
  const double distance = 10 - 2 * std::sqrt(12 + 2 * std::sqrt(15.0));
  EXPECT_NEAR(value<WassersteinLoss>(gaussian(origin, numbers({2, 1, 1, 2}, {2, 2})), gaussian(origin, numbers({5, 0, 0, 1}, {2, 2})),
                                     Normalization::none),
              distance, 1e-9);
}

TEST(StyleLosses, AreZeroAtTheStyle) {
  for (const torch::ScalarType type : {torch::kDouble, torch::kFloat}) {
    const torch::Tensor features = torch::rand({1, 5, 9, 11}, type);
    // A filter that sees nothing, and one that sees twice what another does.
    torch::Tensor blind = features.clone();
    blind.select(1, 1).zero_();
    blind.select(1, 2) = 2 * blind.select(1, 0);
    for (const torch::Tensor &maps : {features, blind})
      for_every_style_loss([&](const char *name, const auto &loss) {
        const Statistics style = statistics(maps);
        EXPECT_NEAR((*loss(style))(style).template item<double>(), 0, 1e-5) << name;
      });
  }
}

TEST(StyleLosses, GradientsAreThoseOfFiniteDifferences) {
  const torch::Tensor features = torch::rand({1, 4, 5, 7}, torch::kDouble), weights = torch::rand({1, 1, 5, 7}, torch::kDouble);
  const Statistics style = statistics(torch::rand({1, 4, 8, 6}, torch::kDouble) * 2 - 0.3);
  for_every_style_loss([&](const char *name, const auto &make) {
    const auto loss = make(style);
    const Statistics painting = statistics(features, weights);
    const StyleLoss::Slope slope = loss->slope(painting);
    EXPECT_NEAR(slope.loss, (*loss)(painting).template item<double>(), 1e-12 * slope.loss) << name;
    const torch::Tensor gradient = statistics_gradient(features, weights, weights.sum().item<double>(), slope.gradient);
    for (const auto &[c, y, x] : {std::array{0, 0, 0}, std::array{1, 2, 3}, std::array{3, 4, 6}}) {
      torch::Tensor up = features.clone(), down = features.clone();
      up[0][c][y][x] += 1e-6;
      down[0][c][y][x] -= 1e-6;
      const double rise = ((*loss)(statistics(up, weights)) - (*loss)(statistics(down, weights))).template item<double>();
      EXPECT_NEAR(gradient[0][c][y][x].template item<double>(), rise / 2e-6, 1e-6 * gradient.abs().max().template item<double>()) << name;
    }
  });
}

// Of the sizes of a painting's, which BLAS cuts by threads.
TEST(StyleLosses, AreTheSameOnAnyNumberOfThreads) {
  torch::manual_seed(4);
  const torch::Tensor matrix = torch::randn({128, 128}), style = torch::rand({1, 128, 24, 20}), painting = torch::rand({1, 128, 20, 24});
  const int before = at::get_num_threads();
  for_every_style_loss([&](const char *name, const auto &make) {
    Statistics gradients[3];
    for (int i = 0; i < 3; ++i) {
      at::set_num_threads(1 + i);
      const auto behind = [&](const torch::Tensor &features) {
        StatisticsSum sum(true);
        sum.add(features, {});
        return through(matrix, sum.mean());
      };
      gradients[i] = back_through(matrix, make(behind(style))->slope(behind(painting)).gradient);
      EXPECT_TRUE(gradients[i].gram.equal(gradients[0].gram)) << name << " on " << 1 + i << " threads";
    }
  });
  at::set_num_threads(before);
}

TEST(PlaceLosses, ContentAndFeatureByHand) {
  // F − P = (1, −2, 0, 3): 14 over 4 elements, over the target's 1 + 4 + 0 + 1, or as it is.
  const torch::Tensor target = numbers({1, 2, 0, -1}, {1, 2, 1, 2}), features = numbers({2, 0, 0, 2}, {1, 2, 1, 2});
  const auto expect = [&](const PlaceLoss &loss, double scale) {
    torch::Tensor gradient = torch::ones_like(features); // added to, not overwritten
    EXPECT_NEAR(loss(features, target, whole(features), 3, gradient), 3 * 14 * scale, 1e-9);
    EXPECT_TRUE(torch::allclose(gradient, 1 + 3 * scale * numbers({2, -4, 0, 6}, {1, 2, 1, 2})));
  };
  expect(ContentLoss(target, Normalization::none), 1.0 / 4);
  expect(ContentLoss(target, Normalization::target), 1.0 / 6);
  expect(FeatureLoss(target, Normalization::none), 1);
  expect(FeatureLoss(target, Normalization::target), 1.0 / 6);
}

TEST(PlaceLosses, FeatureGradientByHand) {
  // F − P in two rows is (1, 3), (0, −1): 2 and −1 across, −1 and −4 down, 4 + 1 + 1 + 16. P has 1 and 0 across, 0 and −1 down.
  const torch::Tensor target = numbers({0, 1, 0, 0}, {1, 1, 2, 2}), features = numbers({1, 4, 0, -1}, {1, 1, 2, 2});
  for (const auto &[normalization, scale] : {std::pair{Normalization::none, 1.0}, {Normalization::target, 1.0 / 2}}) {
    torch::Tensor gradient = torch::ones_like(features);
    EXPECT_NEAR(FeatureGradientLoss(target, normalization)(features, target, whole(features), 0.5, gradient), 0.5 * 22 * scale, 1e-9);
    // Twice the sum of the differences that end in a pixel, less those that begin there.
    EXPECT_TRUE(torch::allclose(gradient, 1 + 0.5 * scale * 2 * numbers({-2 + 1, 2 + 4, 1 - 1, -1 - 4}, {1, 1, 2, 2})));
  }
}

TEST(PlaceLosses, OfTilesAddUpToThoseOfTheWhole) {
  const torch::Tensor target = torch::randn({1, 3, 13, 17}, torch::kDouble), features = torch::randn({1, 3, 13, 17}, torch::kDouble);
  for_every_place_loss([&](const char *name, const auto &make) {
    const auto loss = make(target);
    torch::Tensor gradient = torch::zeros_like(features), sum = torch::zeros_like(features);
    const double expected = (*loss)(features, target, whole(features), 1, gradient);
    double value = 0;
    for (const Rectangle &own : quarters) {
      // A margin of three pixels.
      const int64_t left = std::max<int64_t>(0, own.left - 3), top = std::max<int64_t>(0, own.top - 3);
      const Rectangle seen = {left, top, std::min<int64_t>(17, own.right() + 3) - left, std::min<int64_t>(13, own.bottom() + 3) - top};
      value +=
          (*loss)(part(features, seen), part(target, seen), {own.left - left, own.top - top, own.width, own.height}, 1, part(sum, seen));
    }
    EXPECT_NEAR(value, expected, 1e-12 * expected) << name;
    EXPECT_LT(reference::difference(sum, gradient), 1e-12) << name;
  });
}

TEST(PlaceLosses, OfMapsAsTheEncoderGivesThem) {
  // Against themselves in float64, of a part whose rows end anywhere in a vector of the processor.
  const auto maps = [] { return torch::randn({1, 19, 13, 17}).contiguous(torch::MemoryFormat::ChannelsLast); };
  const torch::Tensor target = maps(), features = maps(), before = maps();
  for_every_place_loss([&](const char *name, const auto &make) {
    for (const Rectangle &own : {whole(features), quarters[0], quarters[3]}) {
      torch::Tensor gradient = before.clone(), expected = before.to(torch::kDouble);
      const double loss = (*make(target))(features, target, own, 0.7, gradient);
      const double exact = (*make(target.to(torch::kDouble)))(features.to(torch::kDouble), target.to(torch::kDouble), own, 0.7, expected);
      EXPECT_NEAR(loss, exact, 1e-5 * exact) << name;
      EXPECT_LT((gradient - expected).abs().max().template item<double>(), 1e-5) << name;
    }
  });
}

TEST(PlaceLosses, AreZeroAtTheTarget) {
  const torch::Tensor target = torch::randn({1, 3, 4, 5}).to(torch::kBFloat16);
  for_every_place_loss([&](const char *name, const auto &make) {
    torch::Tensor gradient = torch::zeros_like(target);
    EXPECT_EQ((*make(target))(target, target, whole(target), 1, gradient), 0) << name;
    EXPECT_EQ(gradient.abs().max().template item<float>(), 0) << name;
  });
}

TEST(PlaceLosses, TakeMapsOfASinglePixel) {
  for_every_place_loss([&](const char *name, const auto &make) {
    const torch::Tensor target = torch::ones({1, 3, 1, 1}), features = torch::zeros({1, 3, 1, 1});
    torch::Tensor gradient = torch::zeros({1, 3, 1, 1});
    EXPECT_TRUE(std::isfinite((*make(target))(features, target, whole(target), 1, gradient))) << name;
    EXPECT_TRUE(gradient.isfinite().all().template item<bool>()) << name;
  });
}

TEST(Losses, TargetsWithoutFeaturesGiveFiniteNumbers) {
  const torch::Tensor nothing = torch::zeros({1, 4, 6, 5}), features = torch::rand({1, 4, 6, 5});
  for (const torch::Tensor &maps : {features, nothing}) {
    for_every_style_loss([&](const char *name, const auto &make) {
      Statistics painting = statistics(maps);
      painting.gram.requires_grad_(true);
      painting.mean.requires_grad_(true);
      const torch::Tensor value = (*make(statistics(nothing)))(painting);
      EXPECT_TRUE(std::isfinite(value.template item<double>())) << name;
      for (const torch::Tensor &slope : torch::autograd::grad({value}, {painting.gram, painting.mean}, {}, {}, false, true))
        EXPECT_TRUE(!slope.defined() || slope.isfinite().all().template item<bool>()) << name;
    });
    for_every_place_loss([&](const char *name, const auto &make) {
      torch::Tensor gradient = torch::zeros_like(maps);
      EXPECT_TRUE(std::isfinite((*make(nothing))(maps, nothing, whole(maps), 1, gradient))) << name;
      EXPECT_TRUE(gradient.isfinite().all().template item<bool>()) << name;
    });
  }
  const torch::Tensor gray = torch::full({1, 3, 16, 16}, 0.5), image = torch::rand({1, 3, 16, 16});
  torch::Tensor gradient = torch::zeros_like(image);
  EXPECT_TRUE(std::isfinite(LaplacianLoss(gray, Normalization::target)(image, 1, gradient)));
  EXPECT_TRUE(gradient.isfinite().all().item<bool>());
}

TEST(ImageLosses, TotalVariationByHand) {
  // Rows (0, 1) and (1, 1): differences across 1 and 0, down 1 and 0; (1 + 1) / 4 for each of three equal channels.
  const torch::Tensor image = numbers({0, 1, 1, 1}, {1, 1, 2, 2}).expand({1, 3, 2, 2});
  torch::Tensor gradient = torch::ones({1, 3, 2, 2}, torch::kDouble);
  EXPECT_NEAR(total_variation(image, 4, gradient), 4 * 0.5, 1e-12);
  EXPECT_TRUE(torch::allclose(gradient, 1 + 4 * numbers({-4, 2, 2, 0}, {1, 1, 2, 2}).expand({1, 3, 2, 2}) / 12));

  gradient = torch::zeros({1, 3, 1, 1});
  EXPECT_EQ(total_variation(torch::full({1, 3, 1, 1}, 0.3f), 1, gradient), 0);
  EXPECT_EQ(gradient.abs().max().item<float>(), 0);
}

TEST(ImageLosses, TotalVariationOfATallImage) {
  // A ramp of 0.5 a row, however many strips it is worked on in: only the first and the last row are pulled.
  for (const int64_t height : {255, 256, 257, 512, 513, 600}) {
    const torch::Tensor image = (0.5 * torch::arange(height, torch::kDouble)).view({1, 1, height, 1}).expand({1, 3, height, 4});
    torch::Tensor gradient = torch::zeros({1, 3, height, 4}, torch::kDouble);
    EXPECT_NEAR(total_variation(image, 1, gradient), 0.25 * static_cast<double>(height - 1) / static_cast<double>(height), 1e-12);
    torch::Tensor expected = torch::zeros({height}, torch::kDouble);
    expected[0] = -1;
    expected[height - 1] = 1;
    EXPECT_LT(
        reference::difference(gradient * static_cast<double>(3 * 4 * height), expected.view({1, 1, height, 1}).expand({1, 3, height, 4})),
        1e-9)
        << height;
  }
}

TEST(ImageLosses, LaplacianByHand) {
  // Three by three squares and a rest. The square in the middle is 0.5 lighter than the content's: the Laplacian there is 4 · 0.5 less.
  const torch::Tensor content = torch::zeros({1, 3, 14, 15}, torch::kDouble);
  content.narrow(2, 0, 4).narrow(3, 4, 4).fill_(0.25); // the square above it: Dc = 0.25 in three channels
  const torch::Tensor image = content.clone();
  image.narrow(2, 4, 4).narrow(3, 4, 4).add_(0.5);
  torch::Tensor pull = torch::zeros({1, 3, 14, 15}, torch::kDouble);
  const auto square = [&](int64_t row, int64_t column) { return pull.narrow(2, 4 * row, 4).narrow(3, 4 * column, 4); };
  for (const auto &[row, column] : {std::pair{0, 1}, {1, 0}, {1, 2}, {2, 1}})
    square(row, column).fill_(2 * -2.0 / 16);
  square(1, 1).fill_(2 * -2.0 * -4 / 16);
  for (const auto &[normalization, scale] : {std::pair{Normalization::none, 1.0}, {Normalization::target, 1 / (3 * 0.0625)}}) {
    torch::Tensor gradient = torch::ones_like(image);
    EXPECT_NEAR(LaplacianLoss(content, normalization)(image, 2, gradient), 2 * 3 * 4 * scale, 1e-8);
    EXPECT_TRUE(torch::allclose(gradient, 1 + 2 * scale * pull));
  }
}

TEST(ImageLosses, LaplacianOfATinyImageIsZero) {
  for (const auto &[height, width] : {std::pair{11, 40}, {40, 11}, {1, 1}}) {
    torch::Tensor gradient = torch::zeros({1, 3, height, width});
    const LaplacianLoss loss(torch::rand({1, 3, height, width}), Normalization::target);
    EXPECT_EQ(loss(torch::rand({1, 3, height, width}), 1, gradient), 0);
    EXPECT_EQ(gradient.abs().max().item<float>(), 0);
  }
}
