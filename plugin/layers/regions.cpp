// SPDX-License-Identifier: GPL-3.0-or-later
#include "regions.h"

#include <algorithm>
#include <string>

#include "base/i18n.h"
#include "plugin/callerror.h"
#include "raster/ref.h"
#include "seen.h"

namespace plugin {
namespace {

using raster::Ref;

// How the coverage that a channel stands for is stored: as a plain number, which GIMP calls gamma-coded in images of 8 bits but takes as it
// is when it makes a selection of it.
const Babl *coverage_format(GeglBuffer *buffer) {
  const Babl *type = babl_format_get_type(gegl_buffer_get_format(buffer), 0);
  return babl_format((std::string("Y ") + babl_get_name(type)).c_str());
}

// The part `area` of the buffer, moved to the origin, in another format of it; empty beside the buffer.
Ref<GeglBuffer> cut(GeglBuffer *buffer, const GeglRectangle &area, const Babl *format) {
  const GeglRectangle size{0, 0, area.width, area.height};
  Ref<GeglBuffer> part(gegl_buffer_new(&size, format));
  GeglRectangle common;
  if (gegl_rectangle_intersect(&common, &area, gegl_buffer_get_extent(buffer))) {
    const GeglRectangle place{common.x - area.x, common.y - area.y, common.width, common.height};
    gegl_buffer_copy(buffer, &common, GEGL_ABYSS_NONE, part.get(), &place);
  }
  return part;
}

raster::Mask read_coverage(GeglBuffer *buffer, const GeglRectangle &area, double scale) {
  const Babl *format = coverage_format(buffer);
  gegl_buffer_set_format(buffer, format); // the same bytes under another name
  const Ref<GeglBuffer> part = cut(buffer, area, format);
  raster::Mask mask{raster::scaled(area.width, scale), raster::scaled(area.height, scale), {}};
  mask.values.resize(static_cast<size_t>(mask.width) * mask.height);
  const GeglRectangle reduced{0, 0, mask.width, mask.height};
  gegl_buffer_get(part.get(), &reduced, scale, babl_format("Y float"), mask.values.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_CLAMP);
  return mask;
}

raster::Mask read_luminance(GeglBuffer *buffer, const GeglRectangle &area, double scale) {
  const Babl *format = gegl_buffer_get_format(buffer);
  if (!babl_format_has_alpha(format) && !gegl_rectangle_contains(gegl_buffer_get_extent(buffer), &area))
    format = babl_format_with_space("RGBA float", babl_format_get_space(format)); // transparent beside the buffer
  const Ref<GeglBuffer> part = cut(buffer, area, format);
  return raster::mask_of(raster::read(part.get(), *gegl_buffer_get_extent(part.get()), scale));
}

// What is painted of the layer, in the coordinates of a drawable of the same image.
GeglRectangle place_on(const Layer &layer, GimpDrawable *drawable) {
  int layer_x, layer_y, x, y;
  gimp_drawable_get_offsets(layer.drawable, &layer_x, &layer_y);
  gimp_drawable_get_offsets(drawable, &x, &y);
  return {layer.area.x + layer_x - x, layer.area.y + layer_y - y, layer.area.width, layer.area.height};
}

raster::Mask read_region(const Layer &layer, GimpDrawable *region, int longest_side) {
  const bool same_image = gimp_item_get_image(GIMP_ITEM(region)) == gimp_item_get_image(GIMP_ITEM(layer.drawable));
  raster::Mask mask;
  const auto read = [&](GimpDrawable *seen) {
    g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(seen);
    const GeglRectangle area = same_image ? place_on(layer, seen) : *gegl_buffer_get_extent(buffer);
    const double scale = longest_side ? std::min(1.0, static_cast<double>(longest_side) / std::max(area.width, area.height)) : 1;
    mask = GIMP_IS_CHANNEL(seen) ? read_coverage(buffer, area, scale) : read_luminance(buffer, area, scale);
  };
  if (GIMP_IS_CHANNEL(region))
    read(region);
  else
    read_as_seen(region, read);
  return mask;
}

} // namespace

Regions read_regions(const Layer &layer, const std::vector<Style> &styles, int longest_side) {
  Regions regions;
  for (const Style &style : styles) {
    if (!style.region) {
      regions.emplace_back();
      continue;
    }
    if (!gimp_item_is_valid(GIMP_ITEM(style.region)))
      refuse_call(_("The region of the style “%s” does not exist any more; choose another one."), style.name.c_str());
    const auto &mask = regions.emplace_back(read_region(layer, style.region, longest_side));
    if (std::ranges::all_of(mask->values, [](float value) { return value <= 0; }))
      refuse_call(_("The region “%s” covers nothing of “%s”; paint it white where its style is wanted, or choose another one."),
                  name_of(GIMP_ITEM(style.region)).c_str(), layer.name.c_str());
  }
  return regions;
}

} // namespace plugin
