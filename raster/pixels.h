// SPDX-License-Identifier: GPL-3.0-or-later
// GEGL buffers to and from the plain pixels that the core works on.
#pragma once

#include <gegl.h>

#include <vector>

#include "core/pastiche.h"

namespace raster {

// Interleaved R, G, B, A in sRGB with its transfer function, alpha not premultiplied, rows without padding.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<float> rgba;

  pastiche_image view() const { return {width, height, rgba.data()}; }
};

// The part `area` of the buffer, converted from whatever its colour space, model and depth are. A `scale` below 1 reads a
// well-filtered reduced copy (both sides rounded, at least 1 pixel). Throws std::bad_alloc when there is no memory for it.
Pixels read(GeglBuffer *buffer, const GeglRectangle &area, double scale = 1.0);

// Writes the pixels at (x, y), converted to the buffer's own format.
void write(GeglBuffer *buffer, int x, int y, const Pixels &pixels);

} // namespace raster
