// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/losses.h"

#include <gtest/gtest.h>

#include "reference.h"

namespace {

using namespace pastiche;

enum class Term { content, style, tv };

// One loss of an image, under a network and the pictures that reference.py made.
struct Problem {
  Encoder encoder;
  Safetensors expected;
  ContentLoss content;
  GramLoss style;

  explicit Problem(const std::string &network)
      : encoder(reference::encoder(network)), expected(reference::expected(network)),
        content(encoder(picture("content"), encoder.content_layers()), encoder.content_layers()),
        style(encoder(picture("style"), encoder.style_layers()), encoder.style_layers()) {}

  torch::Tensor picture(const char *name) { return expected.read(name).to(torch::kDouble); }

  torch::Tensor loss(Term term, const torch::Tensor &image) const {
    switch (term) {
    case Term::content:
      return content(encoder(image, encoder.content_layers()));
    case Term::style:
      return style(encoder(image, encoder.style_layers()));
    default:
      return total_variation(image);
    }
  }

  torch::Tensor gradient(Term term, const torch::Tensor &at) const {
    const torch::Tensor image = at.clone().requires_grad_(true);
    loss(term, image).backward();
    return image.grad();
  }
};

const std::pair<Term, std::string> terms[] = {{Term::content, "content"}, {Term::style, "style"}, {Term::tv, "tv"}};

} // namespace

TEST(Losses, ValuesAndGradientsAreThoseOfPyTorch) {
  for (const std::string &network : reference::networks) {
    Problem problem(network);
    const torch::Tensor image = problem.picture("image");
    for (const auto &[term, name] : terms) {
      SCOPED_TRACE(network + " " + name);
      EXPECT_LT(reference::difference(problem.loss(term, image).view({1}), problem.expected.read(name + " loss")), 1e-6);
      EXPECT_LT(reference::difference(problem.gradient(term, image), problem.expected.read(name + " gradient")), 1e-5);
    }
  }
}

TEST(Losses, GradientsAreThoseOfFiniteDifferences) {
  Problem problem("smooth");
  const torch::Tensor image = problem.picture("image");
  for (const auto &[term, name] : terms) {
    SCOPED_TRACE(name);
    const torch::Tensor gradient = problem.gradient(term, image);
    for (const auto &[c, y, x] : {std::array{0, 0, 0}, std::array{1, 11, 17}, std::array{2, 22, 36}, std::array{0, 5, 30}}) {
      const double h = 1e-5;
      torch::Tensor up = image.clone(), down = image.clone();
      up[0][c][y][x] += h;
      down[0][c][y][x] -= h;
      const double slope = (problem.loss(term, up).item<double>() - problem.loss(term, down).item<double>()) / (2 * h);
      EXPECT_NEAR(gradient[0][c][y][x].item<double>(), slope, 1e-5 * gradient.abs().max().item<double>() + 1e-9);
    }
  }
}

TEST(Losses, GramMatrixByHand) {
  // Two feature maps of two pixels: F1 = (1, 2), F2 = (3, -1). G11 = (1 + 4) / 2, G12 = (3 - 2) / 2, G22 = (9 + 1) / 2.
  const torch::Tensor features = torch::tensor({1.f, 2.f, 3.f, -1.f}).view({1, 2, 1, 2});
  EXPECT_TRUE(torch::allclose(gram_matrix(features), torch::tensor({2.5f, 0.5f, 0.5f, 5.f}).view({2, 2})));
  // With the second pixel counting three times as much: (1 + 3·4) / 4, (3 - 3·2) / 4, (9 + 3·1) / 4.
  const torch::Tensor weights = torch::tensor({0.25f, 0.75f}).view({1, 1, 1, 2});
  EXPECT_TRUE(torch::allclose(gram_matrix(features, weights), torch::tensor({3.25f, -0.75f, -0.75f, 3.f}).view({2, 2})));
}

TEST(Losses, GramMatrixInBFloat16SumsInFloat32) {
  // 101,000 pixels, not a multiple of the blocks. Each feature is 1 + noise, so that a sum rounded to 8 bits would stick at a few hundred.
  const torch::Tensor features =
      (1 + 0.1 * torch::randn({1, 16, 250, 404})).to(torch::kBFloat16).contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor exact = gram_matrix(features.to(torch::kDouble));
  EXPECT_EQ(gram_matrix(features).scalar_type(), torch::kFloat);
  EXPECT_LT(reference::difference(gram_matrix(features), exact), 2e-3);
}

TEST(Losses, TotalVariationByHand) {
  // Rows (0, 1) and (1, 1): differences across 1 and 0, down 1 and 0; (1 + 1) / 4 for each of three equal channels.
  const torch::Tensor image = torch::tensor({0.f, 1.f, 1.f, 1.f}).view({1, 1, 2, 2}).expand({1, 3, 2, 2});
  EXPECT_FLOAT_EQ(total_variation(image).item<float>(), 0.5f);
  EXPECT_FLOAT_EQ(total_variation(torch::full({1, 3, 1, 1}, 0.3f)).item<float>(), 0.f);
}

TEST(Losses, AreZeroAtTheirTargets) {
  Problem problem("vgg-like");
  EXPECT_LT(problem.loss(Term::content, problem.picture("content")).item<double>(), 1e-12);
  EXPECT_LT(problem.loss(Term::style, problem.picture("style")).item<double>(), 1e-12);
}

TEST(Losses, WhatIsTransparentLendsNoStyle) {
  // A style whose right half is transparent must act like its left half alone. One pixel per feature, so that edges play no part.
  const torch::Tensor left = torch::rand({1, 4, 6, 5}), right = torch::rand({1, 4, 6, 5}) + 3;
  const torch::Tensor alpha = torch::cat({torch::ones({1, 1, 6, 5}), torch::zeros({1, 1, 6, 5})}, 3);
  const GramLoss whole({{"l", torch::cat({left, right}, 3)}}, {"l"}, alpha), half({{"l", left}}, {"l"});
  const Features image{{"l", torch::rand({1, 4, 7, 7})}};
  EXPECT_NEAR(whole(image).item<double>(), half(image).item<double>(), 1e-5);
}

TEST(Losses, AStyleWithoutFeaturesGivesFiniteNumbers) {
  const GramLoss style({{"l", torch::zeros({1, 4, 6, 5})}}, {"l"});
  const ContentLoss content({{"l", torch::zeros({1, 4, 6, 5})}}, {"l"});
  EXPECT_TRUE(std::isfinite(style({{"l", torch::rand({1, 4, 6, 5})}}).item<double>()));
  EXPECT_TRUE(std::isfinite(content({{"l", torch::rand({1, 4, 6, 5})}}).item<double>()));
}
