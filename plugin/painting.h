// SPDX-License-Identifier: GPL-3.0-or-later
// One layer's way through the core.
#pragma once

#include <functional>

#include "core/pastiche.h"
#include "raster/pixels.h"

namespace plugin {

// Where the work on one layer stands.
struct Stage {
  int scale = 0;
  int scales = 0;
  int step = 0;
  int steps = 0;
  double progress = 0.0; // 0..1
  double seconds = 0.0;
  double seconds_left = -1.0; // negative while unknown
};

// Paints on a thread of its own, where the core is also opened. Meanwhile the calling thread, the only one that may talk
// to GIMP, runs its main loop and calls `watch` several times a second, and once at the end. Throws Failure.
raster::Pixels paint(const raster::Pixels &content, const raster::Pixels &style, const pastiche_options &options,
                     const std::function<void(const Stage &)> &watch);

} // namespace plugin
