// SPDX-License-Identifier: GPL-3.0-or-later
// GEGL buffers to and from the plain pixels that the core works on.
#pragma once

#include <gegl.h>

#include <optional>
#include <vector>

#include "core/pastiche.h"
#include "crop.h"
#include "ref.h"

namespace raster {

// Interleaved R, G, B, A in sRGB with its transfer function, alpha not premultiplied, rows without padding.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<float> rgba;

  pastiche_image view() const { return {width, height, rgba.data()}; }
};

inline Pixels copy_of(const pastiche_image &image) {
  return {image.width, image.height, {image.rgba, image.rgba + static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 4}};
}

// A picture's side when it is read with a `scale`.
int scaled(int side, double scale);

// The scale that reduces an area to about side² pixels; 1 when it has no more than that.
double overview_scale(const GeglRectangle &area, double side);

// The part `area` of the buffer, converted from whatever its colour space, model and depth are. A `scale` below 1 reads a
// well-filtered reduced copy (both sides `scaled`). Throws std::bad_alloc when there is no memory for it.
Pixels read(GeglBuffer *buffer, const GeglRectangle &area, double scale = 1.0);

// That part of the buffer alone, as if there were no more of it. The crop is counted from the buffer's upper left corner.
Ref<GeglBuffer> cut(GeglBuffer *buffer, const Crop &crop);

// Writes the pixels at (x, y), converted to the buffer's own format.
void write(GeglBuffer *buffer, int x, int y, const pastiche_image &pixels);
inline void write(GeglBuffer *buffer, int x, int y, const Pixels &pixels) { write(buffer, x, y, pixels.view()); }

// How much each place counts, 0..1, rows without padding.
struct Mask {
  int width = 0;
  int height = 0;
  std::vector<float> values;

  pastiche_mask view() const { return {width, height, values.data()}; }
};
inline std::optional<pastiche_mask> view(const std::optional<Mask> &mask) { return mask ? std::optional(mask->view()) : std::nullopt; }

// What a picture says as a mask: its luminance, coded for the eye as sRGB does it, times its alpha. Gray of 50 % stands for 0.5.
Mask mask_of(const Pixels &pixels);

} // namespace raster
