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

// The picture on what stands for transparency, reduced so that it fits a square of `side` logical pixels.
Surface make_thumbnail(const raster::Pixels &pixels, int side, int scale_factor);

} // namespace plugin
