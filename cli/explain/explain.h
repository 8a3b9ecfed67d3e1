// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandline.h"

namespace cli {

// Longest side that is explained unless another is asked for, in pixels: the maps of every layer are then held without trouble, and
// painting once for every style layer takes seconds.
constexpr int explained_size = 512;

// `pastiche explain`. Returns the exit status, 0, or 130 when it was stopped. Throws Failure.
int explain(const CommandLine &line);

} // namespace cli
