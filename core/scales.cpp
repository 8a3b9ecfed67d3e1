// SPDX-License-Identifier: GPL-3.0-or-later
#include "scales.h"

#include <algorithm>
#include <cmath>

namespace pastiche {

std::vector<Scale> plan_scales(int64_t width, int64_t height, int64_t steps) {
  const double side = std::sqrt(static_cast<double>(width) * static_cast<double>(height));
  std::vector<Scale> scales;
  const auto add = [&](int64_t w, int64_t h) {
    const double share = std::pow(0.6, static_cast<double>(scales.size()));
    scales.push_back({w, h, std::max<int64_t>(1, std::llround(static_cast<double>(steps) * share))});
  };
  for (double coarse = 112; coarse * 1.4 < side; coarse *= 2) {
    const auto w = std::llround(static_cast<double>(width) * coarse / side), h = std::llround(static_cast<double>(height) * coarse / side);
    // A strip thinner than this has no features left at the deepest layers.
    if (std::min(w, h) >= 32)
      add(w, h);
  }
  add(width, height);
  return scales;
}

} // namespace pastiche
