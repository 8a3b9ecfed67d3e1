// SPDX-License-Identifier: GPL-3.0-or-later
#include "pixels.h"

#include <algorithm>
#include <cmath>

namespace raster {
namespace {

// A format without a space of its own is sRGB; GEGL then converts to and from the buffer's ICC profile by itself.
const Babl *srgb_format() { return babl_format("R'G'B'A float"); }

// Whether nothing of it is transparent. Alpha is read with the colours: of alone it babl's conversions are many times slower.
bool is_opaque(GeglBuffer *buffer, const GeglRectangle &area) {
  if (!babl_format_has_alpha(gegl_buffer_get_format(buffer)))
    return true;
  constexpr int rows = 64; // are looked at at a time
  std::vector<float> rgba(size_t{4} * static_cast<size_t>(area.width) * rows);
  for (int top = 0; top < area.height; top += rows) {
    const GeglRectangle strip{area.x, area.y + top, area.width, std::min(rows, area.height - top)};
    gegl_buffer_get(buffer, &strip, 1, srgb_format(), rgba.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_CLAMP);
    for (size_t i = 3; i < size_t{4} * static_cast<size_t>(strip.width) * static_cast<size_t>(strip.height); i += 4)
      if (rgba[i] < 1)
        return false;
  }
  return true;
}

} // namespace

int scaled(int side, double scale) { return std::max(1, static_cast<int>(std::lround(side * scale))); }

double overview_scale(const GeglRectangle &area, double side) {
  return std::min(1.0, side / std::sqrt(static_cast<double>(area.width) * static_cast<double>(area.height)));
}

Pixels read(GeglBuffer *buffer, const GeglRectangle &area, double scale) {
  Pixels pixels;
  pixels.width = scaled(area.width, scale);
  pixels.height = scaled(area.height, scale);
  pixels.rgba.resize(static_cast<size_t>(pixels.width) * pixels.height * 4);

  // GEGL's filter mixes colours without regard to their alpha unless they are premultiplied: what hides in transparent places
  // would show at their edges.
  Ref<GeglBuffer> premultiplied;
  if (scale < 1 && !is_opaque(buffer, area)) {
    const Babl *format = gegl_buffer_get_format(buffer);
    premultiplied.reset(gegl_buffer_new(&area, babl_format_with_space("RaGaBaA float", babl_format_get_space(format))));
    gegl_buffer_copy(buffer, &area, GEGL_ABYSS_CLAMP, premultiplied.get(), &area);
    buffer = premultiplied.get();
  }
  // With a scale, GEGL takes the rectangle in the coordinates of the reduced picture.
  const GeglRectangle reduced{static_cast<int>(std::lround(area.x * scale)), static_cast<int>(std::lround(area.y * scale)), pixels.width,
                              pixels.height};
  gegl_buffer_get(buffer, &reduced, scale, srgb_format(), pixels.rgba.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_CLAMP);
  return pixels;
}

Ref<GeglBuffer> cut(GeglBuffer *buffer, const Crop &crop) {
  const GeglRectangle *whole = gegl_buffer_get_extent(buffer);
  const GeglRectangle from{whole->x + crop.x, whole->y + crop.y, crop.width, crop.height}, to{0, 0, crop.width, crop.height};
  Ref<GeglBuffer> part(gegl_buffer_new(&to, gegl_buffer_get_format(buffer)));
  gegl_buffer_copy(buffer, &from, GEGL_ABYSS_NONE, part.get(), &to);
  return part;
}

void write(GeglBuffer *buffer, int x, int y, const pastiche_image &pixels) {
  const GeglRectangle area{x, y, pixels.width, pixels.height};
  gegl_buffer_set(buffer, &area, 0, srgb_format(), pixels.rgba, GEGL_AUTO_ROWSTRIDE);
}

Mask mask_of(const Pixels &pixels) {
  const Babl *to_gray = babl_fish(srgb_format(), babl_format("Y'A float"));
  const size_t width = static_cast<size_t>(pixels.width);
  std::vector<float> row(2 * width); // luminance and alpha
  Mask mask{pixels.width, pixels.height, std::vector<float>(pixels.rgba.size() / 4)};
  for (size_t first = 0; first < mask.values.size(); first += width) {
    babl_process(to_gray, &pixels.rgba[4 * first], row.data(), pixels.width);
    for (size_t x = 0; x < width; x++)
      mask.values[first + x] = std::clamp(row[2 * x] * row[2 * x + 1], 0.0f, 1.0f);
  }
  return mask;
}

} // namespace raster
