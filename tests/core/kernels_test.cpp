// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values are LibTorch's in float64, and its automatic differentiation's.
#include "core/kernels.h"

#include <cmath>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/convolution.h"
#include "core/sum.h"

namespace {

using namespace pastiche;
using Padding = Convolution::Padding;

torch::Tensor channels_last(const torch::Tensor &maps) { return maps.to(torch::kFloat).contiguous(torch::MemoryFormat::ChannelsLast); }

// Of the largest expected number.
double error(const torch::Tensor &given, const torch::Tensor &expected) {
  return ((given - expected).abs().max() / expected.abs().max().clamp_min(1e-6)).item<double>();
}

torch::Tensor expected_output(const torch::Tensor &maps, const torch::Tensor &weight, const torch::Tensor &bias, Padding padding) {
  const int64_t m = weight.size(2) / 2;
  return padding == Padding::zeros ? torch::conv2d(maps, weight, bias, 1, m)
                                   : torch::conv2d(torch::replication_pad2d(maps, {m, m, m, m}), weight, bias);
}

struct Shape {
  int64_t channels, outputs, height, width;
};

std::ostream &operator<<(std::ostream &to, const Shape &shape) {
  return to << shape.channels << " channels to " << shape.outputs << ", " << shape.width << " × " << shape.height;
}

// Sides that end anywhere in a window of four, vectors that are full and that are not.
std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const auto &[channels, outputs] : {std::pair{3, 16}, {16, 3}, {5, 7}, {17, 33}, {48, 24}})
    for (const auto &[height, width] : {std::pair{1, 1}, {1, 7}, {2, 3}, {3, 2}, {4, 4}, {5, 8}, {6, 5}, {7, 11}, {29, 22}, {12, 31}})
      all.push_back({channels, outputs, height, width});
  return all;
}

TEST(Convolution, IsThatOfTheDefinition) {
  torch::manual_seed(1);
  for (const Shape &shape : shapes())
    for (const Padding padding : {Padding::zeros, Padding::replicate})
      for (const int64_t kernel : {1, 3, 5}) {
        const torch::Tensor maps = torch::randn({1, shape.channels, shape.height, shape.width}, torch::kDouble);
        const torch::Tensor weight = torch::randn({shape.outputs, shape.channels, kernel, kernel}, torch::kDouble);
        const torch::Tensor bias = torch::randn(shape.outputs, torch::kDouble);
        const Convolution convolution(weight, bias, padding, torch::kCPU, torch::kFloat);
        const torch::Tensor expected = expected_output(maps, weight, bias, padding), given = channels_last(maps);
        EXPECT_LT(error(convolution(given), expected), 3e-5) << shape << ", kernel " << kernel;
        EXPECT_LT(error(convolution(given, Convolution::Then::relu), expected.relu()), 3e-5) << shape << ", kernel " << kernel;
        EXPECT_LT(error(convolution(given, Convolution::Then::nothing, false), expected - bias.view({1, -1, 1, 1})), 3e-5) << shape;
        if (convolution.averages() && shape.height > 1 && shape.width > 1) {
          EXPECT_LT(error(convolution(given, Convolution::Then::average), torch::avg_pool2d(expected.relu(), 2)), 3e-5) << shape;
        }
      }
}

TEST(Convolution, OfAnEnlargedInputIsThatOfTheDefinition) {
  torch::manual_seed(6);
  for (const auto &[channels, outputs] : {std::pair{3, 16}, {16, 3}, {5, 7}, {17, 24}, {24, 8}})
    for (const auto &[height, width] : {std::pair{1, 1}, {1, 7}, {3, 2}, {5, 8}, {12, 31}})
      for (const int64_t kernel : {1, 3, 5, 7}) {
        const torch::Tensor maps = torch::randn({1, channels, height, width}, torch::kDouble);
        const torch::Tensor weight = torch::randn({outputs, channels, kernel, kernel}, torch::kDouble);
        const torch::Tensor bias = torch::randn(outputs, torch::kDouble);
        const torch::Tensor large = torch::upsample_bilinear2d(maps, {2 * height, 2 * width}, false);
        const torch::Tensor expected = expected_output(large, weight, bias, Padding::replicate), given = channels_last(maps);
        for (const torch::ScalarType precision : {torch::kFloat, torch::kBFloat16}) {
          const double allowed = precision == torch::kFloat ? 3e-5 : 0.03;
          const Convolution convolution = Convolution::of_enlarged(weight, bias, torch::kCPU, precision);
          EXPECT_EQ(convolution.outputs(), outputs);
          EXPECT_LT(error(convolution(given.to(precision)), expected), allowed) << outputs << ' ' << width << ' ' << kernel;
          EXPECT_LT(error(convolution(given.to(precision), Convolution::Then::relu, false), (expected - bias.view({1, -1, 1, 1})).relu()),
                    allowed)
              << outputs << ' ' << width << ' ' << kernel;
        }
      }
}

TEST(Convolution, LeadsBackAsDifferentiationDoes) {
  torch::manual_seed(2);
  for (const Shape &shape : shapes())
    for (const Padding padding : {Padding::zeros, Padding::replicate})
      for (const bool relu : {false, true}) {
        const torch::Tensor maps = torch::randn({1, shape.channels, shape.height, shape.width}, torch::kDouble).requires_grad_(true);
        const torch::Tensor weight = torch::randn({shape.outputs, shape.channels, 3, 3}, torch::kDouble);
        torch::Tensor output = expected_output(maps, weight, {}, padding);
        if (relu)
          output = output.relu();
        const torch::Tensor gradient = torch::randn_like(output), expected = torch::autograd::grad({output}, {maps}, {gradient}).front();
        const Convolution convolution(weight, torch::zeros(shape.outputs), padding, torch::kCPU, torch::kFloat);
        const torch::Tensor given = convolution.backward(channels_last(gradient), relu ? channels_last(output.detach()) : torch::Tensor());
        EXPECT_LT(error(given, expected), 3e-5) << shape << (relu ? ", after a ReLU" : "");
      }
}

TEST(Convolution, GivesTheSameBytesOnAnyNumberOfThreads) {
  torch::manual_seed(3);
  const torch::Tensor maps = channels_last(torch::randn({1, 8, 61, 83}));
  const Convolution convolution(torch::randn({12, 8, 3, 3}), torch::randn(12), Padding::replicate, torch::kCPU, torch::kFloat);
  const int before = at::get_num_threads();
  std::vector<torch::Tensor> outputs, gradients;
  for (const int threads : {1, 2, 5}) {
    at::set_num_threads(threads);
    outputs.push_back(convolution(maps, Convolution::Then::relu));
    gradients.push_back(convolution.backward(outputs.back(), outputs.back()));
  }
  at::set_num_threads(before);
  for (size_t i = 1; i < outputs.size(); ++i) {
    EXPECT_TRUE(torch::equal(outputs[i], outputs[0]));
    EXPECT_TRUE(torch::equal(gradients[i], gradients[0]));
  }
}

TEST(Kernels, MultiplyRows) {
  torch::manual_seed(4);
  for (const auto &[rows, channels, outputs] : {std::tuple{1, 3, 5}, {13, 16, 16}, {5000, 33, 20}, {40, 128, 128}}) {
    const torch::Tensor a = torch::randn({rows, channels}, torch::kDouble), b = torch::randn({channels, outputs}, torch::kDouble);
    const torch::Tensor shift = torch::randn(outputs, torch::kDouble), expected = a.mm(b);
    const auto given = [&](const torch::Tensor &added) { return times(a.to(torch::kFloat), b.to(torch::kFloat), added); };
    EXPECT_LT(error(given({}), expected), 1e-6) << channels;
    EXPECT_LT(error(given(shift.to(torch::kFloat)), expected + shift), 1e-6) << channels;
  }
}

TEST(Kernels, AddUpProductsOfChannels) {
  torch::manual_seed(5);
  for (const auto &[rows, channels] : {std::pair{1, 3}, {255, 5}, {257, 16}, {9001, 24}, {300, 33}, {700, 128}}) {
    const torch::Tensor features = torch::randn({rows, channels}, torch::kDouble);
    EXPECT_LT(error(product_sum(features.to(torch::kFloat)), features.t().mm(features)), 3e-6) << channels;
  }
}

} // namespace
