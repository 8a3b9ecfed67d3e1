// SPDX-License-Identifier: GPL-3.0-or-later
// The coarse-to-fine plan: large shapes are found on small images, where a step costs little, and every finer scale only adds what
// the one before could not hold.
#pragma once

#include <cstdint>
#include <vector>

namespace pastiche {

struct Scale {
  int64_t width, height; // pixels
  int64_t steps;
};

// Scales from coarse to fine for a picture of width × height pixels. The coarse ones have the same areas for every picture size (112²,
// 224², 448², … pixels), so that a small run shows what a large one will look like. `steps` is the number of steps at the coarsest
// scale; each finer one takes 70 % of those before it, at least 1. `most` scales are taken, the finest ones; 0: all.
std::vector<Scale> plan_scales(int64_t width, int64_t height, int64_t steps, int64_t most = 0);

} // namespace pastiche
