// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image.h"

#include <cmath>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "core/error.h"

using namespace pastiche;

TEST(Image, HostPixelsComeInAndGoOutUnchanged) {
  const std::vector<float> pixels{0.f, 0.25f, 0.5f, 1.f, 0.75f, 1.f, 0.125f, 0.5f};
  const Image image = from_host(pastiche_image{2, 1, pixels.data()});
  EXPECT_EQ(image.width(), 2);
  EXPECT_EQ(image.height(), 1);
  EXPECT_FLOAT_EQ(image.color[0][1][0][1].item<float>(), 1.f); // green of the right pixel
  EXPECT_TRUE(image.alpha.defined());
  EXPECT_EQ(to_host(image.color, image.alpha), pixels);
}

TEST(Image, AnOpaquePictureHasNoAlphaAndComesBackOpaque) {
  const std::vector<float> pixels{0.f, 0.25f, 0.5f, 1.f, 0.75f, 1.f, 0.125f, 1.f};
  const Image image = from_host(pastiche_image{2, 1, pixels.data()});
  EXPECT_FALSE(image.alpha.defined());
  EXPECT_EQ(to_host(image.color, image.alpha), pixels);
}

TEST(Image, MasksAreClamped) {
  const std::vector<float> values{-1.f, 0.25f, 2.f, std::nanf("")};
  const torch::Tensor mask = from_host(pastiche_mask{2, 2, values.data()});
  EXPECT_TRUE(torch::equal(mask, torch::tensor({0.f, 0.25f, 1.f, 0.f}).view({1, 1, 2, 2})));
}

TEST(Image, ValuesThatAreNoColoursAreMadeSome) {
  const float nan = std::nanf(""), infinity = INFINITY;
  const std::vector<float> pixels{nan, infinity, -infinity, 2.f, -0.5f, 1.5f, 0.5f, nan};
  const Image image = from_host(pastiche_image{2, 1, pixels.data()});
  EXPECT_EQ(to_host(image.color, image.alpha), (std::vector<float>{0, 1, 0, 1, 0, 1, 0.5f, 0}));
}

TEST(Image, TheHostsPixelsAreLeftAsTheyAre) {
  const std::vector<float> pixel{2.f, -1.f, 0.5f, 1.f};
  from_host(pastiche_image{1, 1, pixel.data()});
  EXPECT_EQ(pixel, (std::vector<float>{2.f, -1.f, 0.5f, 1.f}));
}

TEST(Image, ImpossibleSizesAreRefused) {
  const float pixel[4] = {};
  EXPECT_THROW(from_host(pastiche_image{0, 1, pixel}), Error);
  EXPECT_THROW(from_host(pastiche_image{1, -1, pixel}), Error);
  EXPECT_THROW(from_host(pastiche_image{1, 1, nullptr}), Error);
  EXPECT_THROW(from_host(pastiche_image{INT32_MAX, INT32_MAX, pixel}), Error);
}

TEST(Image, ShrinkingAveragesSoThatFineLinesBecomeGray) {
  torch::Tensor lines = torch::zeros({1, 3, 64, 64});
  lines.slice(3, 0, 64, 2) = 1;
  EXPECT_LT((resize(lines, 16, 16) - 0.5).abs().max().item<float>(), 0.05);
  EXPECT_TRUE(torch::equal(resize(lines, 64, 64), lines));
  EXPECT_EQ(resize(lines, 3, 1).sizes(), (std::vector<int64_t>{1, 3, 1, 3}));
}

TEST(Image, TransparentPixelsAreFilledFromVisibleOnes) {
  torch::manual_seed(1);
  torch::Tensor color = torch::zeros({1, 3, 33, 47}), alpha = torch::zeros({1, 1, 33, 47});
  // Two visible spots; what lies under the transparent rest is black and must not show.
  color.slice(2, 0, 8).slice(3, 0, 8) = 0.8;
  alpha.slice(2, 0, 8).slice(3, 0, 8) = 1;
  color.slice(2, 25, 33).slice(3, 39, 47) = 0.4;
  alpha.slice(2, 25, 33).slice(3, 39, 47) = 1;
  const torch::Tensor filled = fill_transparent({color, alpha});
  EXPECT_TRUE(torch::equal(filled.slice(2, 0, 8).slice(3, 0, 8), color.slice(2, 0, 8).slice(3, 0, 8)));
  EXPECT_GE(filled.min().item<float>(), 0.4f - 1e-4f);
  EXPECT_LE(filled.max().item<float>(), 0.8f + 1e-4f);
  EXPECT_GT(filled[0][0][2][12].item<float>(), filled[0][0][30][35].item<float>()); // nearer to the light spot, lighter

  EXPECT_TRUE(torch::allclose(fill_transparent({color, alpha * 0}), torch::full_like(color, 0.5)));
  EXPECT_TRUE(torch::equal(fill_transparent({color, torch::ones_like(alpha)}), color));
  EXPECT_TRUE(torch::equal(fill_transparent({color, torch::Tensor()}), color));
}

TEST(Image, WhatIsTransparentIsFilledAlikeOnAnyNumberOfThreads) {
  const torch::Tensor color = torch::rand({1, 3, 64, 96});
  const torch::Tensor alpha = (torch::arange(96) * 16 - 768).clamp(0, 255).div(255).expand({1, 1, 64, 96}).contiguous();
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const torch::Tensor alone = fill_transparent({color, alpha});
  at::set_num_threads(2);
  EXPECT_TRUE(torch::equal(fill_transparent({color, alpha}), alone));
  at::set_num_threads(threads);
}
