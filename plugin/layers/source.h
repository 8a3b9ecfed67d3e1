// SPDX-License-Identifier: GPL-3.0-or-later
// A layer that is a painting of ours is painted anew from what it was painted from, or painted over.
#pragma once

#include <vector>

#include "layers.h"

namespace plugin {

constexpr const char *from_original_argument = "from-original";

void add_from_original_argument(GimpProcedure *procedure);

// Of each layer, which pixels are painted: its original's where there is one and the argument says so, or else its own.
void choose_sources(std::vector<Layer> &layers, GimpProcedureConfig *config);

} // namespace plugin
