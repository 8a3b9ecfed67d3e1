// SPDX-License-Identifier: GPL-3.0-or-later
#include "layers.h"

#include <dlfcn.h>

#include <algorithm>

#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/run/settings.h"
#include "selection.h"

namespace plugin {
namespace {

void refuse_unpaintable(GimpDrawable *drawable, bool with_indexed) {
  GimpItem *item = GIMP_ITEM(drawable);
  if (!gimp_item_is_valid(item))
    refuse_call(_("A layer that was to be painted does not exist any more; select the layers to paint and begin again."));
  if (!GIMP_IS_LAYER(item))
    refuse_call(_("“%s” is a channel; select a layer instead."), name_of(item).c_str());
  // GIMP checks the procedure's image types for its menu only.
  if (!with_indexed && gimp_drawable_is_indexed(drawable))
    refuse_call(_("“%s” has indexed colours; change the image with Image ▸ Mode ▸ RGB first."), name_of(item).c_str());
}

// Since GIMP 3.2 text, vector and link layers are GimpRasterizable. One plug-in serves GIMP 3.0 too, so libgimp is asked for the functions
// when it runs; null where it has none, or for other layers.
using RasterizableFunction = gboolean (*)(GimpDrawable *);
RasterizableFunction rasterizable_function(GimpDrawable *drawable, const char *name) {
  const GType rasterizable = g_type_from_name("GimpRasterizable");
  if (rasterizable == 0 || !g_type_is_a(G_OBJECT_TYPE(drawable), rasterizable))
    return nullptr;
  return reinterpret_cast<RasterizableFunction>(dlsym(RTLD_DEFAULT, name));
}

} // namespace

std::string name_of(GimpItem *item) {
  g_autofree char *name = gimp_item_get_name(item);
  return name;
}

GimpDrawable *layer_of(GimpDrawable *drawable) {
  return GIMP_IS_LAYER_MASK(drawable) && gimp_item_is_valid(GIMP_ITEM(drawable))
             ? GIMP_DRAWABLE(gimp_layer_from_mask(GIMP_LAYER_MASK(drawable)))
             : drawable;
}

GimpItem *find_content_lock(GimpItem *item) {
  GimpItem *lock = nullptr;
  for (; item; item = gimp_item_get_parent(item))
    if (gimp_item_get_lock_content(item))
      lock = item;
  return lock;
}

std::vector<Layer> find_layers(GimpDrawable **drawables, bool with_indexed) {
  if (!drawables || !*drawables)
    refuse_call(_("Select a layer to paint."));
  std::vector<GimpDrawable *> found;
  for (; *drawables; ++drawables) {
    GimpDrawable *layer = layer_of(*drawables);
    refuse_unpaintable(layer, with_indexed);
    if (std::ranges::find(found, layer) == found.end())
      found.push_back(layer);
  }

  std::vector<Layer> layers;
  for (GimpDrawable *drawable : found) {
    GeglRectangle area;
    int x, y;
    if (!gimp_drawable_mask_intersect(drawable, &area.x, &area.y, &area.width, &area.height))
      continue;
    gimp_drawable_get_offsets(drawable, &x, &y);
    layers.push_back({.drawable = drawable,
                      .source = drawable,
                      .original = original_of(GIMP_ITEM(drawable)),
                      .name = name_of(GIMP_ITEM(drawable)),
                      .area = area,
                      .width = gimp_drawable_get_width(drawable),
                      .height = gimp_drawable_get_height(drawable),
                      .x = x,
                      .y = y,
                      .gray = gimp_drawable_is_gray(drawable) != FALSE,
                      .indexed = gimp_drawable_is_indexed(drawable) != FALSE,
                      .selection = read_selection(drawable, area)});
  }
  if (layers.empty())
    refuse_call(_("The selection lies beside the selected layers; move it, or select nothing to paint the whole of them."));
  return layers;
}

raster::Pixels read_content(const Layer &layer) { return read_content(layer, layer.area, 1); }

raster::Pixels read_overview(const Layer &layer) {
  return read_content(layer, layer.area, raster::overview_scale(layer.area, PASTICHE_OVERVIEW_SIDE));
}

raster::Pixels read_content(const Layer &layer, const GeglRectangle &part, double scale) {
  if (!gimp_item_is_valid(GIMP_ITEM(layer.source)) || gimp_drawable_get_width(layer.source) != layer.width ||
      gimp_drawable_get_height(layer.source) != layer.height)
    fail_execution(_("“%s” was removed, resized or converted while it was being painted; nothing has been changed."), layer.name.c_str());
  g_autoptr(GeglBuffer) buffer = gimp_drawable_get_buffer(layer.source);
  return raster::read(buffer, part, scale);
}

raster::Pixels as_held(const Layer &layer, raster::Pixels painted) {
  if (layer.gray) {
    const Babl *color = babl_format("R'G'B'A float"), *gray = babl_format("Y'A float");
    const auto width = static_cast<size_t>(painted.width);
    std::vector<float> row(2 * width);
    for (size_t first = 0; first < painted.rgba.size(); first += 4 * width) {
      babl_process(babl_fish(color, gray), &painted.rgba[first], row.data(), painted.width);
      babl_process(babl_fish(gray, color), row.data(), &painted.rgba[first], painted.width);
    }
  }
  return painted;
}

bool fits_painting(const Layer &layer) {
  return gimp_item_is_valid(GIMP_ITEM(layer.drawable)) && gimp_drawable_get_width(layer.drawable) == layer.width &&
         gimp_drawable_get_height(layer.drawable) == layer.height && (layer.indexed || !gimp_drawable_is_indexed(layer.drawable));
}

bool is_drawn_by_gimp(GimpDrawable *drawable) {
  if (const auto is_rasterized = rasterizable_function(drawable, "gimp_rasterizable_is_rasterized"))
    return !is_rasterized(drawable);
  return gimp_item_is_text_layer(GIMP_ITEM(drawable));
}

void rasterize(GimpDrawable *drawable) {
  if (const auto rasterize = rasterizable_function(drawable, "gimp_rasterizable_rasterize"))
    rasterize(drawable);
}

} // namespace plugin
