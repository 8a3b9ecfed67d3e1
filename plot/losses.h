// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "core/pastiche.h"

namespace plot {

// What one step told. The losses are weighted; their sum is the total.
struct StepLosses {
  int scale; // 1 = coarsest
  int step;  // from 1 within its scale
  int width, height;
  double seconds; // since the run began
  double content, style, feature, laplacian, tv, total;
};

StepLosses losses_of(const pastiche_step &step);

// A line for each step under a line of names.
std::string losses_as_csv(std::span<const StepLosses> steps);

} // namespace plot
