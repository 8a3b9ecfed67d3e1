// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "losses.h"

namespace cli {

// The curves of the total, content and style loss over all steps as an SVG picture: logarithmic upwards, the scales side by side under
// their sizes.
std::string losses_as_svg(std::span<const StepLosses> steps);

} // namespace cli
