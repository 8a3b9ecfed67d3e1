// SPDX-License-Identifier: GPL-3.0-or-later
// The coarse-to-fine plan: large shapes are found on small images, where a step costs little, and every finer scale only adds what
// the one before could not hold.
#pragma once

#include <cstdint>
#include <vector>

#include "core/pastiche.h"

namespace pastiche {

struct Size {
  int64_t width, height; // pixels

  double area() const { return static_cast<double>(width) * static_cast<double>(height); }
};

struct Scale {
  int64_t width, height; // pixels
  int64_t steps;

  Size size() const { return {width, height}; }
};

// Side of the square as large as the finest scale that is painted from overviews (pastiche_job::overviews).
constexpr double overview_side = PASTICHE_OVERVIEW_SIDE;

// Scales from coarse to fine for a picture of the given size. The coarse ones have the same areas for every picture (104², 208², 416², …
// pixels), so that a small run shows what a large one will look like; the shape of those up to overview_side is that of `overview`, so
// that not even rounding differs. The last scale is the picture's own size; what comes before it is coarser by a ninth at least, but for
// the shared scales, of which one may be up to a ninth finer.
//
// `steps` is the number of steps at the coarsest scale; each finer one takes 70 % of those before it. A last scale that is less than twice
// as wide as the one before takes fewer: log2 of how many times as wide, but a fifth at least. `most` scales are taken, the finest ones;
// 0: all. A single one has the size of the picture. Without `own_size` a shared scale that is finer than the picture is the last one.
std::vector<Scale> plan_scales(Size size, Size overview, int64_t steps, int64_t most = 0, bool own_size = true);

} // namespace pastiche
