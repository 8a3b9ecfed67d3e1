// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values are LibTorch's in float64, operation by operation.
#include "core/descentvectors.h"

#include <cmath>
#include <limits>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

namespace {

using namespace pastiche;

// Lengths that end anywhere in a vector of the processor, in what is added up at once, and in what a thread does.
constexpr int64_t lengths[] = {1, 7, 16, 511, 513, 32768, 40003};

struct Case {
  Boxed box;
  std::vector<torch::Tensor> vectors;
  torch::Tensor movable; // in float64
};

// A third of the image lies on the box's edges, with gradients into and out of it.
Case example(int64_t length, int64_t count) {
  torch::manual_seed(length + count);
  Case c{{(torch::rand({1, 1, 1, length}) * 1.5 - 0.25).clamp_(0, 1), torch::randn({1, 1, 1, length})}, {}, {}};
  for (int64_t i = 0; i < count; ++i)
    c.vectors.push_back(torch::randn({1, 1, 1, length}));
  const torch::Tensor held = (c.box.image.eq(0) & c.box.gradient.gt(0)) | (c.box.image.eq(1) & c.box.gradient.lt(0));
  c.movable = held.logical_not().to(torch::kDouble);
  return c;
}

TEST(DescentVectors, InnerProductsCountWhatMayMove) {
  for (const int64_t length : lengths)
    for (const int64_t count : {1, 2, 3, 6, 11}) {
      const Case c = example(length, count);
      for (const bool boxed : {false, true}) {
        const std::vector<double> given = inner_products(c.vectors, boxed ? &c.box : nullptr);
        ASSERT_EQ(std::ssize(given), count * count);
        for (int64_t i = 0; i < count; ++i)
          for (int64_t j = 0; j < count; ++j) {
            torch::Tensor each = c.vectors[static_cast<size_t>(i)].to(torch::kDouble) * c.vectors[static_cast<size_t>(j)];
            if (boxed)
              each = each * c.movable;
            EXPECT_NEAR(given[static_cast<size_t>(i * count + j)], each.sum().item<double>(),
                        1e-5 * each.abs().sum().item<double>() + 1e-12)
                << length << " places, vectors " << i << " and " << j << (boxed ? " in the box" : "");
          }
      }
    }
}

TEST(DescentVectors, TheImageMovesWithinTheBox) {
  for (const int64_t length : lengths) {
    const Case c = example(length, 5);
    const std::vector<double> shares{0.3, -0.2, 0, 1.5, -0.05};
    torch::Tensor way = torch::zeros({1, 1, 1, length}, torch::kDouble);
    for (size_t i = 0; i < shares.size(); ++i)
      way += shares[i] * c.vectors[i].to(torch::kDouble);
    const torch::Tensor expected = (c.box.image.to(torch::kDouble) + way * c.movable).clamp(0, 1);
    double slope = 0;
    const torch::Tensor moved = move(c.box, c.vectors, shares, slope);
    EXPECT_LT((moved - expected).abs().max().item<double>(), 1e-6) << length;
    const torch::Tensor each = (expected - c.box.image) * c.box.gradient;
    EXPECT_NEAR(slope, each.sum().item<double>(), 1e-5 * each.abs().sum().item<double>() + 1e-7) << length;
    EXPECT_FALSE((moved - c.box.image).masked_select(c.movable.eq(0)).any().item<bool>()) << length;
  }
}

TEST(DescentVectors, NotANumberStaysOne) {
  Case c = example(40, 2);
  c.vectors[1][0][0][0][33] = std::numeric_limits<float>::quiet_NaN();
  c.box.image.fill_(0.5);
  double slope = 0;
  const torch::Tensor moved = move(c.box, c.vectors, {1, 1}, slope);
  EXPECT_TRUE(std::isnan(slope));
  EXPECT_TRUE(std::isnan(moved[0][0][0][33].item<float>()));
  EXPECT_TRUE(std::isnan(inner_products(c.vectors, &c.box)[3]));
}

TEST(DescentVectors, AreTheSameOnAnyNumberOfThreads) {
  const Case c = example(300007, 7);
  const std::vector<double> shares{0.3, -0.2, 0.1, 1.5, -0.05, 1, 0.01};
  const int before = at::get_num_threads();
  std::vector<double> products[2], slopes(2);
  torch::Tensor moved[2];
  for (int i = 0; i < 2; ++i) {
    at::set_num_threads(1 + 2 * i);
    products[i] = inner_products(c.vectors, &c.box);
    moved[i] = move(c.box, c.vectors, shares, slopes[static_cast<size_t>(i)]);
  }
  at::set_num_threads(before);
  EXPECT_EQ(products[0], products[1]);
  EXPECT_EQ(slopes[0], slopes[1]);
  EXPECT_TRUE(moved[0].equal(moved[1]));
}

} // namespace
