// SPDX-License-Identifier: GPL-3.0-or-later
#include "scales.h"

#include <algorithm>
#include <cmath>

namespace pastiche {
namespace {

double side_of(Size size) { return std::sqrt(size.area()); }

// A picture of this shape and of side² pixels; the very picture when that is what it has but for rounding.
Size like(Size shape, double side) {
  const double factor = side / side_of(shape);
  if (std::abs(factor - 1) < 0.005)
    return shape;
  return {std::llround(static_cast<double>(shape.width) * factor), std::llround(static_cast<double>(shape.height) * factor)};
}

} // namespace

std::vector<Scale> plan_scales(Size size, Size overview, int64_t steps, int64_t most, bool own_size) {
  constexpr double coarsest = overview_side / 4, least_ratio = 0.9, rounding = 0.002, least_share = 0.2;
  const double side = side_of(size);
  std::vector<Scale> scales;
  double share = 1; // of the steps that its place would give the last scale
  double last = 0;
  // What is larger than the overviews is not shared: the picture's own size then stands for a scale that it nearly has.
  for (double here = coarsest; most != 1 && side >= (here <= overview_side ? least_ratio : 1 / least_ratio) * here; here *= 2) {
    const Size shared = like(here <= overview_side ? overview : size, here);
    // A strip thinner than this has no features left at the deepest layers.
    if (std::min(shared.width, shared.height) >= 32) {
      scales.push_back({shared.width, shared.height, 0});
      last = here;
    }
  }
  if (last == 0 || side / last - 1 > rounding || (own_size && 1 - side / last > rounding)) {
    if (last > 0)
      share = std::clamp(std::log2(side / last), least_share, 1.0);
    scales.push_back({size.width, size.height, 0});
  }
  if (const auto count = static_cast<int64_t>(scales.size()); most > 0 && most < count)
    scales.erase(scales.begin(), scales.end() - most);
  auto left = static_cast<double>(steps);
  for (Scale &scale : scales) {
    scale.steps = std::max<int64_t>(1, std::llround(&scale == &scales.back() ? left * share : left));
    left *= 0.7;
  }
  return scales;
}

} // namespace pastiche
