// SPDX-License-Identifier: GPL-3.0-or-later
#include "color.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

namespace pastiche {
namespace {

constexpr int64_t table_side = 33, quantiles = 64, rotations = 12, sample_pixels = 16000;

torch::Tensor matrix(const std::vector<double> &values) { return torch::tensor(values, torch::kDouble).view({3, 3}); }

// Applies a 3×3 matrix to every pixel.
torch::Tensor mix(const torch::Tensor &matrix, const torch::Tensor &image) {
  return torch::matmul(matrix.to(image.options()), image.flatten(2)).view_as(image);
}

// Linear sRGB to cone responses and their cube roots to OkLab, as published by Ottosson.
const torch::Tensor &linear_to_lms() {
  static const torch::Tensor m = matrix(
      {0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376, 0.6299787005});
  return m;
}
const torch::Tensor &lms_to_lab() {
  static const torch::Tensor m = matrix(
      {0.2104542553, 0.7936177850, -0.0040720468, 1.9779984951, -2.4285922050, 0.4505937099, 0.0259040371, 0.7827717662, -0.8086757660});
  return m;
}

// IEC 61966-2-1
torch::Tensor to_linear(const torch::Tensor &image) {
  return torch::where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055).clamp_min(0).pow(2.4));
}
torch::Tensor from_linear(const torch::Tensor &image) {
  return torch::where(image <= 0.0031308, image * 12.92, 1.055 * image.clamp_min(0.0031308).pow(1 / 2.4) - 0.055);
}

torch::Tensor to_oklab(const torch::Tensor &image) {
  return mix(lms_to_lab(), mix(linear_to_lms(), to_linear(image)).clamp_min(0).pow(1.0 / 3));
}
torch::Tensor from_oklab(const torch::Tensor &lab) {
  return from_linear(mix(linear_to_lms().inverse(), mix(lms_to_lab().inverse(), lab).pow(3)));
}

// What works on every pixel by itself, in strips, so that what it needs beside its result stays small.
template <class Function> torch::Tensor in_strips(const torch::Tensor &image, const Function &function) {
  constexpr int64_t strip_pixels = 1 << 20;
  const int64_t height = image.size(2), rows = std::max<int64_t>(1, strip_pixels / image.size(3));
  const torch::Tensor result = torch::empty_like(image);
  for (int64_t top = 0; top < height; top += rows) {
    const int64_t count = std::min(rows, height - top);
    result.narrow(2, top, count).copy_(function(top, count));
  }
  return result;
}

// Pixels of the visible part, 3×N: one anywhere in each of N equal stretches of its rows, the same ones every time. Every n-th pixel would
// lie in a few columns of the picture.
torch::Tensor sample(const torch::Tensor &image, const torch::Tensor &alpha) {
  torch::Tensor pixels = image.flatten(2).squeeze(0), visible;
  if (alpha.defined() && alpha.min().item<float>() < 0.5f)
    visible = (alpha.flatten() >= 0.5).nonzero().squeeze(1);
  const bool part = visible.defined() && visible.numel() > 0;
  const int64_t count = part ? visible.numel() : pixels.size(1);
  if (count > sample_pixels) {
    const torch::Tensor within = torch::rand({sample_pixels}, at::make_generator<at::CPUGeneratorImpl>(uint64_t{0}), torch::kDouble);
    const torch::Tensor chosen = ((torch::arange(sample_pixels) + within) * (static_cast<double>(count) / sample_pixels)).to(torch::kLong);
    return pixels.index_select(1, part ? visible.index_select(0, chosen) : chosen);
  }
  return part ? pixels.index_select(1, visible) : pixels;
}

// The axes along which the distributions are compared. The first are lightness and two opponent colours, along which pictures vary most;
// the others are turned about all three axes by multiples of the golden angle, which never repeat.
torch::Tensor rotation(int64_t number) {
  const torch::Tensor opponent = matrix({std::sqrt(1. / 3), std::sqrt(1. / 3), std::sqrt(1. / 3), std::sqrt(1. / 2), 0, -std::sqrt(1. / 2),
                                         std::sqrt(1. / 6), -std::sqrt(2. / 3), std::sqrt(1. / 6)});
  const double golden_angle = M_PI * (3 - std::sqrt(5.)), angle = static_cast<double>(number) * golden_angle;
  const auto about = [](double by, int64_t axis) {
    const int64_t a = (axis + 1) % 3, b = (axis + 2) % 3;
    torch::Tensor turn = torch::eye(3, torch::kDouble);
    turn[a][a] = turn[b][b] = std::cos(by);
    turn[a][b] = -std::sin(by);
    turn[b][a] = std::sin(by);
    return turn;
  };
  return about(angle, 0).mm(about(2 * angle, 1)).mm(about(3 * angle, 2)).mm(opponent).to(torch::kFloat);
}

// Of N values, to a part in 16384 of their range: to sort them would take many times as long.
torch::Tensor quantiles_of(const torch::Tensor &values) {
  constexpr int64_t bins = 1 << 14;
  const auto low = values.min().item<float>(), width = std::max((values.max().item<float>() - low) / bins, 1e-9f);
  const torch::Tensor below = torch::bincount(((values - low) / width).to(torch::kLong).clamp_max_(bins - 1), {}, bins).cumsum(0);
  const int64_t last = values.numel() - 1;
  const torch::Tensor rank = torch::linspace(0, static_cast<double>(last), quantiles), lower = rank.to(torch::kLong);
  const auto value = [&](const torch::Tensor &number) { return (torch::searchsorted(below, number, false, true) + 0.5) * width + low; };
  return torch::lerp(value(lower), value((lower + 1).clamp_max_(last)), rank - lower);
}

// Keeps flat areas from being torn apart: both distributions are taken to be wider by this much from one quantile to the next, so that the
// slope between them is bounded, and stays 1 where they agree.
constexpr double quantile_spread = 0.0005;

// Moves values whose distribution has the quantiles `from` so that it gets the quantiles `to`. A value that many pixels have is moved as
// the middle one of them: its quantiles are spread around it.
torch::Tensor transport(const torch::Tensor &values, const torch::Tensor &from, const torch::Tensor &to) {
  constexpr double width = quantile_spread * quantiles;
  const torch::Tensor ramp = (torch::arange(quantiles) - (quantiles - 1) / 2.0) * quantile_spread;
  const torch::Tensor old = from + ramp, wanted = to + ramp;
  // Where in the ramp a value lies: how many quantiles are below it, each a box as wide as the ramp. Of the sorted boxes, the first ones
  // are below it whole, the next ones in part.
  const torch::Tensor whole = torch::searchsorted(from, values - width / 2), touched = torch::searchsorted(from, values + width / 2);
  const torch::Tensor sums = torch::cat({torch::zeros({1}), from.cumsum(0)});
  const torch::Tensor parts =
      (touched - whole) * (values / width + 0.5) - (sums.index_select(0, touched) - sums.index_select(0, whole)) / width;
  const torch::Tensor below = (whole + parts) / quantiles;
  const torch::Tensor shift = (below - 0.5) * width, v = values + shift;
  const torch::Tensor upper = torch::searchsorted(old, v).clamp(1, quantiles - 1), lower = upper - 1;
  const torch::Tensor low = old.index_select(0, lower), high = old.index_select(0, upper);
  return torch::lerp(wanted.index_select(0, lower), wanted.index_select(0, upper), ((v - low) / (high - low)).clamp(0, 1)) - shift;
}

// The same for many values: between so many places it is as good as straight, and looked up much faster.
torch::Tensor transport_many(const torch::Tensor &values, const torch::Tensor &from, const torch::Tensor &to) {
  constexpr int64_t places = 4096;
  const auto low = values.min().item<float>(), step = std::max((values.max().item<float>() - low) / (places - 1), 1e-9f);
  const torch::Tensor moved = transport(torch::arange(places) * step + low, from, to);
  const torch::Tensor at = (values - low) / step, place = at.clamp(0, places - 2).to(torch::kLong);
  return torch::lerp(moved.index_select(0, place), moved.index_select(0, place + 1), at - place);
}

} // namespace

ColorMap::ColorMap(const torch::Tensor &from, const torch::Tensor &from_alpha, const torch::Tensor &to, const torch::Tensor &to_alpha) {
  const torch::Tensor side = torch::linspace(0, 1, table_side);
  const auto grid = torch::meshgrid({side, side, side}, "ij");
  const torch::Tensor table = torch::stack({grid[2], grid[1], grid[0]}).flatten(1); // 3×33³, red varies fastest
  const torch::Tensor own = sample(from, from_alpha), goal = sample(to, to_alpha);
  torch::Tensor moving = torch::cat({own, table}, 1);
  for (int64_t number = 0; number < rotations; ++number) {
    const torch::Tensor turn = rotation(number), goal_turned = turn.mm(goal);
    torch::Tensor turned = turn.mm(moving);
    for (int64_t axis = 0; axis < 3; ++axis) {
      const torch::Tensor old = quantiles_of(turned[axis].narrow(0, 0, own.size(1))), wanted = quantiles_of(goal_turned[axis]);
      turned[axis] = transport_many(turned[axis], old, wanted);
    }
    moving = turn.t().mm(turned);
  }
  table_ = moving.narrow(1, own.size(1), table.size(1)).reshape({1, 3, table_side, table_side, table_side}).clamp(0, 1);
}

torch::Tensor ColorMap::operator()(const torch::Tensor &image, double amount) const {
  return in_strips(image, [&](int64_t top, int64_t rows) {
    const torch::Tensor strip = image.narrow(2, top, rows);
    // grid_sample takes coordinates from -1 to 1, the fastest first: red, green, blue are just that.
    const torch::Tensor coordinates = (strip * 2 - 1).permute({0, 2, 3, 1}).unsqueeze(1);
    constexpr int64_t bilinear = 0, border = 1;
    const torch::Tensor moved = torch::grid_sampler(table_, coordinates, bilinear, border, true).squeeze(2);
    return torch::lerp(strip, moved, amount);
  });
}

namespace {

struct Moments {
  torch::Tensor mean, covariance; // 3×1, 3×3, of OkLab colours, in double precision
};

Moments moments(const torch::Tensor &image, const torch::Tensor &alpha) {
  const torch::Tensor pixels = sample(image, alpha);
  const torch::Tensor colors = to_oklab(pixels.view({1, 3, 1, -1})).view({3, -1}).to(torch::kDouble);
  const torch::Tensor mean = colors.mean(1, true), centred = colors - mean;
  return {mean, centred.mm(centred.t()) / static_cast<double>(colors.size(1))};
}

// Of a symmetric matrix without negative eigenvalues but for rounding; those below `smallest` count as that.
torch::Tensor power(const torch::Tensor &matrix, double exponent, double smallest = 0) {
  const auto [values, vectors] = at::linalg_eigh(matrix, "L");
  return (vectors * values.clamp_min(smallest).pow(exponent)).mm(vectors.t());
}

} // namespace

torch::Tensor covariance_of(const torch::Tensor &painted, const torch::Tensor &content, const torch::Tensor &alpha) {
  const Moments from = moments(painted, alpha), to = moments(content, alpha);
  constexpr double invertible = 1e-8; // the covariance of a gray or constant picture has no inverse
  const torch::Tensor root = power(from.covariance, 0.5), inverse = power(from.covariance, -0.5, invertible);
  const torch::Tensor turn = inverse.mm(power(root.mm(to.covariance).mm(root), 0.5)).mm(inverse);
  const auto column = [&](const torch::Tensor &mean) { return mean.view({1, 3, 1, 1}).to(painted.options()); };
  return in_strips(painted, [&](int64_t top, int64_t rows) {
    return from_oklab(mix(turn, to_oklab(painted.narrow(2, top, rows)) - column(from.mean)) + column(to.mean)).clamp(0, 1);
  });
}

torch::Tensor lightness_of(const torch::Tensor &painted, const torch::Tensor &content) {
  return in_strips(painted, [&](int64_t top, int64_t rows) {
    const torch::Tensor lightness = to_oklab(painted.narrow(2, top, rows)).narrow(1, 0, 1),
                        hue = to_oklab(content.narrow(2, top, rows)).narrow(1, 1, 2);
    return from_oklab(torch::cat({lightness, hue}, 1)).clamp(0, 1);
  });
}

} // namespace pastiche
