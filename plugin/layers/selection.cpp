// SPDX-License-Identifier: GPL-3.0-or-later
#include "selection.h"

#include <string>
#include <vector>

namespace plugin {
namespace {

using raster::Ref;

bool are_equal(GeglBuffer *a, GeglBuffer *b) {
  const GeglRectangle extent = *gegl_buffer_get_extent(a);
  const auto width = static_cast<size_t>(extent.width);
  std::vector<float> row_of_a(width), row_of_b(width);
  for (int y = 0; y < extent.height; ++y) {
    const GeglRectangle row{0, y, extent.width, 1};
    gegl_buffer_get(a, &row, 1, babl_format("Y float"), row_of_a.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    gegl_buffer_get(b, &row, 1, babl_format("Y float"), row_of_b.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    if (row_of_a != row_of_b)
      return false;
  }
  return true;
}

bool is_as_at_start(const Layer &layer) {
  GeglRectangle area;
  if (!gimp_drawable_mask_intersect(layer.drawable, &area.x, &area.y, &area.width, &area.height) ||
      !gegl_rectangle_equal(&area, &layer.area))
    return false;
  const Ref<GeglBuffer> now = read_selection(layer.drawable, area);
  return now && layer.selection ? are_equal(now.get(), layer.selection.get()) : !now && !layer.selection;
}

// A channel that selects what was selected of the layer.
GimpChannel *insert_channel(GimpImage *image, const Layer &layer) {
  const Ref<GeglColor> black(gegl_color_new("black"));
  GimpChannel *channel = gimp_channel_new(image, "", gimp_image_get_width(image), gimp_image_get_height(image), 100, black.get());
  int x, y;
  gimp_drawable_get_offsets(layer.drawable, &x, &y);
  {
    g_autoptr(GeglBuffer) values = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
    // GIMP says that a channel is coded for the eye, but takes its numbers as they are when it makes a selection of it.
    const Babl *type = babl_format_get_type(gegl_buffer_get_format(values), 0);
    gegl_buffer_set_format(values, babl_format((std::string("Y ") + babl_get_name(type)).c_str()));
    gegl_buffer_clear(values, nullptr);
    const GeglRectangle place{layer.area.x + x, layer.area.y + y, layer.area.width, layer.area.height};
    gegl_buffer_copy(layer.selection.get(), nullptr, GEGL_ABYSS_NONE, values, &place);
  }
  gimp_image_insert_channel(image, channel, nullptr, 0);
  return channel;
}

// Selects what the channel says, or nothing without one, and removes the channel.
void select_and_remove(GimpImage *image, GimpChannel *channel) {
  if (!channel) {
    gimp_selection_none(image);
    return;
  }
  gimp_context_push();
  gimp_context_set_feather(FALSE); // whatever a script that calls us has set
  gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel));
  gimp_context_pop();
  gimp_image_remove_channel(image, channel);
}

} // namespace

Ref<GeglBuffer> read_selection(GimpDrawable *drawable, const GeglRectangle &area) {
  GimpImage *image = gimp_item_get_image(GIMP_ITEM(drawable));
  if (gimp_selection_is_empty(image))
    return {};
  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  g_autoptr(GeglBuffer) selection = gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(image)));
  const GeglRectangle place{area.x + x, area.y + y, area.width, area.height}, size{0, 0, area.width, area.height};
  Ref<GeglBuffer> part(gegl_buffer_new(&size, gegl_buffer_get_format(selection)));
  gegl_buffer_copy(selection, &place, GEGL_ABYSS_NONE, part.get(), &size);
  return part;
}

bool can_be_selected(GimpImage *image, const Layer &layer) {
  if (!layer.selection)
    return true;
  int x, y;
  gimp_drawable_get_offsets(layer.drawable, &x, &y);
  const GeglRectangle place{layer.area.x + x, layer.area.y + y, layer.area.width, layer.area.height};
  const GeglRectangle canvas{0, 0, gimp_image_get_width(image), gimp_image_get_height(image)};
  return gegl_rectangle_contains(&canvas, &place);
}

StartSelection::StartSelection(GimpImage *image, const Layer &layer) : image_(image), replaces_(!is_as_at_start(layer)) {
  if (!replaces_)
    return;
  if (!gimp_selection_is_empty(image))
    replaced_ = gimp_selection_save(image);
  select_and_remove(image, layer.selection ? insert_channel(image, layer) : nullptr);
}

StartSelection::~StartSelection() {
  if (replaces_)
    select_and_remove(image_, replaced_);
}

} // namespace plugin
