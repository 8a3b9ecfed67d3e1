// SPDX-License-Identifier: GPL-3.0-or-later
#include "surface.h"

#include <algorithm>
#include <cmath>

namespace plugin {
namespace {

Surface own(cairo_surface_t *surface) { return {surface, cairo_surface_destroy}; }

} // namespace

Surface make_surface(const raster::Pixels &pixels) {
  Surface surface = own(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, pixels.width, pixels.height));
  const Babl *fish = babl_fish(babl_format("R'G'B'A float"), babl_format("cairo-ARGB32"));
  const size_t row_bytes = static_cast<size_t>(cairo_image_surface_get_stride(surface.get()));
  const size_t row_values = static_cast<size_t>(pixels.width) * 4;
  unsigned char *bytes = cairo_image_surface_get_data(surface.get());
  for (size_t y = 0; bytes && y < static_cast<size_t>(pixels.height); ++y)
    babl_process(fish, pixels.rgba.data() + y * row_values, bytes + y * row_bytes, pixels.width);
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

void draw_stretched(cairo_t *cr, cairo_surface_t *surface, double x, double y, double width, double height) {
  const double across = width / cairo_image_surface_get_width(surface), down = height / cairo_image_surface_get_height(surface);
  constexpr double magnified = 3; // from here on, pixels are seen anyway, and better as what they are
  cairo_save(cr);
  cairo_translate(cr, x, y);
  cairo_rectangle(cr, 0, 0, width, height);
  cairo_clip(cr);
  cairo_scale(cr, across, down);
  cairo_set_source_surface(cr, surface, 0, 0);
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter(cairo_get_source(cr), across > magnified ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint(cr);
  cairo_restore(cr);
}

void draw_checks(cairo_t *cr, double x, double y, double width, double height) {
  constexpr int side = 8;
  constexpr double dark = 0.4, light = 0.6;
  cairo_save(cr);
  cairo_rectangle(cr, x, y, width, height);
  cairo_clip(cr);
  cairo_set_source_rgb(cr, light, light, light);
  cairo_paint(cr);
  cairo_set_source_rgb(cr, dark, dark, dark);
  for (int row = 0; row * side < height; ++row)
    for (int column = row % 2; column * side < width; column += 2)
      cairo_rectangle(cr, x + column * side, y + row * side, side, side);
  cairo_fill(cr);
  cairo_restore(cr);
}

Surface make_thumbnail(const raster::Pixels &pixels, int most_width, int most_height, int scale_factor) {
  const double factor = std::min(static_cast<double>(most_width) / pixels.width, static_cast<double>(most_height) / pixels.height);
  const double width = std::max(1.0, std::round(pixels.width * factor)), height = std::max(1.0, std::round(pixels.height * factor));
  Surface thumbnail =
      own(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(width) * scale_factor, static_cast<int>(height) * scale_factor));
  cairo_surface_set_device_scale(thumbnail.get(), scale_factor, scale_factor);
  cairo_t *cr = cairo_create(thumbnail.get());
  draw_checks(cr, 0, 0, width, height);
  draw_stretched(cr, make_surface(pixels).get(), 0, 0, width, height);
  cairo_destroy(cr);
  return thumbnail;
}

} // namespace plugin
