// SPDX-License-Identifier: GPL-3.0-or-later
#include "pixels.h"

#include <algorithm>
#include <cmath>

#include "ref.h"

namespace raster {
namespace {

// A format without a space of its own is sRGB; GEGL then converts to and from the buffer's ICC profile by itself.
const Babl *srgb_format() { return babl_format("R'G'B'A float"); }

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
  if (const Babl *format = gegl_buffer_get_format(buffer); scale < 1 && babl_format_has_alpha(format)) {
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
