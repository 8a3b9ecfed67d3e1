// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "losses.h"

namespace plot {

// The curves as an SVG picture on white.
std::string losses_as_svg(std::span<const StepLosses> steps);

// "#rrggbb", for a light background; the curves' as in Okabe and Ito, Color Universal Design, 2008.
enum class Ink;
const char *color_on_white(Ink ink);

} // namespace plot
