// SPDX-License-Identifier: GPL-3.0-or-later
#include "scales.h"

#include <algorithm>
#include <cmath>

namespace pastiche {

std::vector<Scale> plan_scales(int64_t width, int64_t height, int64_t steps, int64_t most) {
  const double side = std::sqrt(static_cast<double>(width) * static_cast<double>(height));
  std::vector<Scale> scales;
  for (double coarse = 112; coarse * 1.4 < side; coarse *= 2) {
    const auto w = std::llround(static_cast<double>(width) * coarse / side), h = std::llround(static_cast<double>(height) * coarse / side);
    // A strip thinner than this has no features left at the deepest layers.
    if (std::min(w, h) >= 32)
      scales.push_back({w, h, 0});
  }
  scales.push_back({width, height, 0});
  if (const auto count = static_cast<int64_t>(scales.size()); most > 0 && most < count)
    scales.erase(scales.begin(), scales.end() - most);
  auto left = static_cast<double>(steps);
  for (Scale &scale : scales) {
    scale.steps = std::max<int64_t>(1, std::llround(left));
    left *= 0.7;
  }
  return scales;
}

} // namespace pastiche
