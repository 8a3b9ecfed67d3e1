// SPDX-License-Identifier: GPL-3.0-or-later
#include "color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>

#include "threads.h"

namespace pastiche {
namespace {

constexpr int64_t table_side = 33, rotations = 12, sample_pixels = 16000;
constexpr size_t quantiles = 64;

torch::Tensor product(const torch::Tensor &a, const torch::Tensor &b) {
  const OneThread one;
  return a.mm(b);
}

torch::Tensor matrix(const std::vector<double> &values) { return torch::tensor(values, torch::kDouble).view({3, 3}); }

// Applies a 3×3 matrix to every pixel.
torch::Tensor mix(const torch::Tensor &matrix, const torch::Tensor &image) {
  return product(matrix.to(image.options()), image.flatten(2).squeeze(0)).view_as(image);
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

using Quantiles = std::array<double, quantiles>;

// To a part in 16384 of the values' range: to sort them would take many times as long.
Quantiles quantiles_of(const float *values, int64_t count) {
  constexpr int64_t bins = 1 << 14;
  const auto [least, most] = std::minmax_element(values, values + count);
  const double low = *least, width = std::max((*most - low) / bins, 1e-9);
  std::vector<int64_t> below(bins); // how many values there are up to each bin
  for (int64_t i = 0; i < count; ++i)
    ++below[std::min(bins - 1, static_cast<int64_t>((values[i] - low) / width))];
  std::partial_sum(below.begin(), below.end(), below.begin());
  const auto value = [&](int64_t rank) {
    const auto bin = std::upper_bound(below.begin(), below.end(), std::min(rank, count - 1)) - below.begin();
    return (static_cast<double>(bin) + 0.5) * width + low;
  };
  Quantiles found;
  for (size_t i = 0; i < quantiles; ++i) {
    const double rank = static_cast<double>(i) * static_cast<double>(count - 1) / (quantiles - 1);
    const auto lower = static_cast<int64_t>(rank);
    found[i] = std::lerp(value(lower), value(lower + 1), rank - static_cast<double>(lower));
  }
  return found;
}

// Keeps flat areas from being torn apart: both distributions are taken to be wider by this much from one quantile to the next, so that the
// slope between them is bounded, and stays 1 where they agree.
constexpr double quantile_spread = 0.0005;

// Where values go, the first `low`, each by `step` larger than the one before, when those whose distribution has the quantiles `from` are
// to get the quantiles `to`. A value that many pixels have is moved as the middle one of them: its quantiles are spread around it.
std::vector<double> transported(double low, double step, size_t count, const Quantiles &from, const Quantiles &to) {
  constexpr double width = quantile_spread * quantiles;
  Quantiles old, wanted;
  std::array<double, quantiles + 1> sums{};
  for (size_t i = 0; i < quantiles; ++i) {
    const double ramp = (static_cast<double>(i) - (quantiles - 1) / 2.0) * quantile_spread;
    old[i] = from[i] + ramp;
    wanted[i] = to[i] + ramp;
    sums[i + 1] = sums[i] + from[i];
  }
  std::vector<double> moved(count);
  size_t whole = 0, touched = 0, upper = 1; // grow with the values
  for (size_t i = 0; i < count; ++i) {
    const double value = low + static_cast<double>(i) * step;
    // Where in the ramp a value lies: how many quantiles are below it, each a box as wide as the ramp. Of the sorted boxes, the first ones
    // are below it whole, the next ones in part.
    while (whole < quantiles && from[whole] < value - width / 2)
      ++whole;
    while (touched < quantiles && from[touched] < value + width / 2)
      ++touched;
    const double parts = static_cast<double>(touched - whole) * (value / width + 0.5) - (sums[touched] - sums[whole]) / width;
    const double below = (static_cast<double>(whole) + parts) / quantiles;
    const double shift = (below - 0.5) * width, v = value + shift;
    while (upper < quantiles - 1 && old[upper] < v)
      ++upper;
    const double share = (v - old[upper - 1]) / (old[upper] - old[upper - 1]);
    moved[i] = std::lerp(wanted[upper - 1], wanted[upper], std::clamp(share, 0.0, 1.0)) - shift;
  }
  return moved;
}

// Moves values so. Between so many places it is as good as straight, and looked up much faster.
void transport(float *values, int64_t count, const Quantiles &from, const Quantiles &to) {
  constexpr size_t places = 4096;
  const auto [least, most] = std::minmax_element(values, values + count);
  const double low = *least, step = std::max((*most - low) / (places - 1), 1e-9);
  const std::vector<double> moved = transported(low, step, places, from, to);
  for (int64_t i = 0; i < count; ++i) {
    const double at = (values[i] - low) / step;
    const size_t place = std::min(places - 2, static_cast<size_t>(at));
    values[i] = static_cast<float>(moved[place] + (at - static_cast<double>(place)) * (moved[place + 1] - moved[place]));
  }
}

} // namespace

ColorMap::ColorMap(const torch::Tensor &from, const torch::Tensor &from_alpha, const torch::Tensor &to, const torch::Tensor &to_alpha) {
  const torch::Tensor side = torch::linspace(0, 1, table_side);
  const auto grid = torch::meshgrid({side, side, side}, "ij");
  const torch::Tensor table = torch::stack({grid[2], grid[1], grid[0]}).flatten(1); // 3×33³, red varies fastest
  const torch::Tensor own = sample(from, from_alpha), goal = sample(to, to_alpha);
  torch::Tensor moving = torch::cat({own, table}, 1);
  for (int64_t number = 0; number < rotations; ++number) {
    const torch::Tensor turn = rotation(number), turned = product(turn, moving), goal_turned = product(turn, goal);
    at::parallel_for(0, 3, 1, [&](int64_t begin, int64_t end) {
      for (int64_t axis = begin; axis < end; ++axis) {
        float *const values = turned.mutable_data_ptr<float>() + axis * turned.size(1);
        transport(values, turned.size(1), quantiles_of(values, own.size(1)),
                  quantiles_of(goal_turned.const_data_ptr<float>() + axis * goal.size(1), goal.size(1)));
      }
    });
    moving = product(turn.t(), turned);
  }
  table_ = torch::zeros({table.size(1), 4});
  table_.narrow(1, 0, 3).copy_(moving.narrow(1, own.size(1), table.size(1)).t().clamp(0, 1));
}

torch::Tensor ColorMap::operator()(const torch::Tensor &image, double amount) const {
  using Color [[gnu::vector_size(4 * sizeof(float)), gnu::aligned(alignof(float)), gnu::may_alias]] = float;
  const torch::Tensor old = image.contiguous(), moved = torch::empty_like(old);
  const int64_t count = old.numel() / 3;
  const float *const from = old.const_data_ptr<float>(), *const table = table_.const_data_ptr<float>();
  float *const to = moved.mutable_data_ptr<float>();
  const auto share = static_cast<float>(amount);
  at::parallel_for(0, count, 1 << 14, [&](int64_t begin, int64_t end) {
    constexpr int64_t steps[] = {4, 4 * table_side, 4 * table_side * table_side};
    for (int64_t i = begin; i < end; ++i) {
      float within[3];
      int64_t first = 0; // of the eight colours around
      for (int64_t c = 0; c < 3; ++c) {
        const float at = std::max(0.f, std::min(1.f, from[c * count + i])) * (table_side - 1); // in the table, also of what is no number
        const int64_t cell = std::min(static_cast<int64_t>(at), table_side - 2);
        within[c] = at - static_cast<float>(cell);
        first += cell * steps[c];
      }
      const auto along_red = [&](int64_t place) {
        const auto color = [&](int64_t at) { return *reinterpret_cast<const Color *>(table + at); };
        return color(place) + within[0] * (color(place + steps[0]) - color(place));
      };
      const auto along_green = [&](int64_t place) {
        return along_red(place) + within[1] * (along_red(place + steps[1]) - along_red(place));
      };
      const Color found = along_green(first) + within[2] * (along_green(first + steps[2]) - along_green(first));
      for (int64_t c = 0; c < 3; ++c)
        to[c * count + i] = from[c * count + i] + share * (found[c] - from[c * count + i]);
    }
  });
  return moved;
}

namespace {

struct Moments {
  torch::Tensor mean, covariance; // 3×1, 3×3, of OkLab colours, in double precision
};

Moments moments(const torch::Tensor &image, const torch::Tensor &alpha) {
  const OneThread one;
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
  const auto transport = [&] {
    const OneThread one;
    const torch::Tensor root = power(from.covariance, 0.5), inverse = power(from.covariance, -0.5, invertible);
    return inverse.mm(power(root.mm(to.covariance).mm(root), 0.5)).mm(inverse);
  };
  const torch::Tensor turn = transport();
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
