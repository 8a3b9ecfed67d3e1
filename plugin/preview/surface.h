// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels as something that cairo draws.
#pragma once

#include <cairo.h>

#include <memory>

#include "raster/pixels.h"

namespace plugin {

using Surface = std::shared_ptr<cairo_surface_t>;

Surface make_surface(const raster::Pixels &pixels);

// Fills the rectangle with the surface.
void draw_stretched(cairo_t *cr, cairo_surface_t *surface, double x, double y, double width, double height);

// Fills the rectangle with GIMP's pattern for what is transparent.
void draw_checks(cairo_t *cr, double x, double y, double width, double height);

// The picture on what stands for transparency, of a size that fits into so many logical pixels, or a square of them.
Surface make_thumbnail(const raster::Pixels &pixels, int most_width, int most_height, int scale_factor);
inline Surface make_thumbnail(const raster::Pixels &pixels, int side, int scale_factor) {
  return make_thumbnail(pixels, side, side, scale_factor);
}

} // namespace plugin
