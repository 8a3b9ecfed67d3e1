// SPDX-License-Identifier: GPL-3.0-or-later
#include "output.h"

#include <algorithm>
#include <optional>

#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/run/settings.h"
#include "selection.h"

namespace plugin {
namespace {

using pastiche::sentence;

constexpr const char *argument = "output";

// Mixed with what is there as the selection says. Also respects alpha lock and undo.
void merge_painted(GimpDrawable *drawable, const Layer &layer) {
  {
    g_autoptr(GeglBuffer) shadow = gimp_drawable_get_shadow_buffer(drawable);
    // GIMP takes all that is selected at that moment from it.
    if (layer.area.width < layer.width || layer.area.height < layer.height) {
      g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(drawable);
      gegl_buffer_copy(pixels, nullptr, GEGL_ABYSS_NONE, shadow, nullptr);
    }
    raster::write(shadow, layer.area.x, layer.area.y, layer.painted);
  }
  gimp_drawable_merge_shadow(drawable, TRUE);
  gimp_drawable_update(drawable, layer.area.x, layer.area.y, layer.area.width, layer.area.height);
}

// Just above the item, or above what keeps it from being changed.
void insert_above(GimpImage *image, GimpLayer *layer, GimpItem *item) {
  if (GimpItem *lock = find_content_lock(item))
    item = lock;
  gimp_image_insert_layer(image, layer, GIMP_LAYER(gimp_item_get_parent(item)), gimp_image_get_item_position(image, item));
}

// Above the layer, with its pixels, alpha and place, but plain otherwise.
GimpLayer *insert_copy(GimpImage *image, const Layer &layer, const std::string &name) {
  const int width = gimp_drawable_get_width(layer.drawable), height = gimp_drawable_get_height(layer.drawable);
  GimpLayer *copy = gimp_layer_new(image, name.c_str(), width, height, gimp_drawable_type(layer.drawable), 100, GIMP_LAYER_MODE_NORMAL);
  gint x, y;
  gimp_drawable_get_offsets(layer.drawable, &x, &y);
  gimp_layer_set_offsets(copy, x, y);
  {
    g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(layer.drawable);
    g_autoptr(GeglBuffer) copied = gimp_drawable_get_buffer(GIMP_DRAWABLE(copy));
    gegl_buffer_copy(pixels, nullptr, GEGL_ABYSS_NONE, copied, nullptr);
  }
  insert_above(image, copy, GIMP_ITEM(layer.drawable));
  return copy;
}

// What the layer's own mask hides stays hidden in the copy, which gets another mask if `wanted`.
void add_mask(GimpLayer *copy, GimpLayer *original, std::optional<GimpAddMaskType> wanted) {
  GimpLayerMask *hiding = gimp_layer_get_mask(original);
  if (hiding && !gimp_layer_get_apply_mask(original))
    hiding = nullptr;
  if (!hiding && !wanted)
    return;
  gimp_layer_add_mask(copy, gimp_layer_create_mask(copy, wanted.value_or(GIMP_ADD_MASK_WHITE)));
  if (hiding)
    gimp_channel_combine_masks(GIMP_CHANNEL(gimp_layer_get_mask(copy)), GIMP_CHANNEL(hiding), GIMP_CHANNEL_OP_INTERSECT, 0, 0);
  gimp_layer_set_edit_mask(copy, FALSE);
}

GimpLayer *add_layer(GimpImage *image, const Layer &layer, const std::string &name) {
  GimpLayer *copy = insert_copy(image, layer, name);
  merge_painted(GIMP_DRAWABLE(copy), layer);
  add_mask(copy, GIMP_LAYER(layer.drawable), {});
  return copy;
}

GimpLayer *add_masked_layer(GimpImage *image, const Layer &layer, const std::string &name) {
  GimpLayer *copy = insert_copy(image, layer, name);
  {
    g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(GIMP_DRAWABLE(copy));
    raster::write(pixels, layer.area.x, layer.area.y, layer.painted);
  }
  gimp_drawable_update(GIMP_DRAWABLE(copy), layer.area.x, layer.area.y, layer.area.width, layer.area.height);
  // Without a selection GIMP's mask from it would hide everything.
  add_mask(copy, GIMP_LAYER(layer.drawable), gimp_selection_is_empty(image) ? GIMP_ADD_MASK_WHITE : GIMP_ADD_MASK_SELECTION);
  return copy;
}

GimpImageType type_with_alpha(GimpImage *image) {
  switch (gimp_image_get_base_type(image)) {
  case GIMP_GRAY:
    return GIMP_GRAYA_IMAGE;
  case GIMP_INDEXED:
    return GIMP_INDEXEDA_IMAGE;
  default:
    return GIMP_RGBA_IMAGE;
  }
}

// The painting of a layer that it does not fit any more: where that lay, masked with what was selected of it.
GimpLayer *add_rescued_layer(GimpImage *image, const Layer &layer, const std::string &name) {
  GimpLayer *rescued =
      gimp_layer_new(image, name.c_str(), layer.area.width, layer.area.height, type_with_alpha(image), 100, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_offsets(rescued, layer.x + layer.area.x, layer.y + layer.area.y);
  {
    g_autoptr(GeglBuffer) pixels = gimp_drawable_get_buffer(GIMP_DRAWABLE(rescued));
    raster::write(pixels, 0, 0, layer.painted);
  }
  if (gimp_item_is_valid(GIMP_ITEM(layer.drawable)))
    insert_above(image, rescued, GIMP_ITEM(layer.drawable));
  else
    gimp_image_insert_layer(image, rescued, nullptr, 0);
  if (layer.selection) {
    GimpLayerMask *mask = gimp_layer_create_mask(rescued, GIMP_ADD_MASK_WHITE);
    {
      g_autoptr(GeglBuffer) values = gimp_drawable_get_buffer(GIMP_DRAWABLE(mask));
      gegl_buffer_copy(layer.selection.get(), nullptr, GEGL_ABYSS_NONE, values, nullptr);
    }
    gimp_layer_add_mask(rescued, mask);
    gimp_layer_set_edit_mask(rescued, FALSE);
  }
  g_message(_("“%s” was removed, resized or converted while it was being painted; the painting is in a new layer of its own."),
            layer.name.c_str());
  return rescued;
}

// Why the painting goes into a new layer though the layer itself was to be painted; empty: it does not.
std::string obstacle(const Layer &layer, Output output) {
  GimpItem *item = GIMP_ITEM(layer.drawable);
  if (gimp_item_is_group(item))
    return sentence(_("“%s” is a layer group; the painting of what is seen of it is in a new layer above it."), layer.name.c_str());
  if (GimpItem *lock = find_content_lock(item))
    return sentence(_("The pixels of “%s” are locked; the painting is in a new layer above it."), name_of(lock).c_str());
  if (output == Output::automatic && is_drawn_by_gimp(layer.drawable))
    return sentence(
        _("GIMP draws “%s” itself, as a text, vector or link layer, and would draw over the painting; that is in a new layer above it."),
        layer.name.c_str());
  return {};
}

// Into the layer itself, or into the new one that is returned.
GimpLayer *put_painting(GimpImage *image, const Layer &layer, Output output, const std::string &name) {
  if (!fits_painting(layer) || !can_be_selected(image, layer))
    return add_rescued_layer(image, layer, name);
  const StartSelection selection(image, layer);
  if (output == Output::new_layer)
    return add_layer(image, layer, name);
  if (output == Output::new_layer_masked)
    return add_masked_layer(image, layer, name);
  if (const std::string why = obstacle(layer, output); !why.empty()) {
    g_message("%s", why.c_str());
    return add_layer(image, layer, name);
  }
  if (is_drawn_by_gimp(layer.drawable))
    rasterize(layer.drawable);
  merge_painted(layer.drawable, layer);
  return nullptr;
}

} // namespace

void add_output_argument(GimpProcedure *procedure) {
  GimpChoice *choice = gimp_choice_new();
  const auto add = [&](const char *name, Output output, const char *label) {
    gimp_choice_add(choice, name, static_cast<gint>(output), label, nullptr);
  };
  add("automatic", Output::automatic, _("The layer; above it if that is a group, locked, or a text, vector or link layer"));
  add("replace", Output::replace, _("The layer itself"));
  add("new-layer", Output::new_layer, _("New layer"));
  add("new-layer-masked", Output::new_layer_masked, _("New layer with mask"));
  add("live-filter", Output::live_filter, _("A live filter on the layer: a first picture, which can be changed later"));
  gimp_procedure_add_choice_argument(procedure, argument, _("Paint _into"),
                                     _("Where the painting goes; with a new layer the one that was there stays as it is"), choice,
                                     "automatic", G_PARAM_READWRITE);
}

Output read_output(GimpProcedureConfig *config) { return static_cast<Output>(gimp_procedure_config_get_choice_id(config, argument)); }

void convert_indexed(GimpImage *image, const std::vector<Layer> &layers) {
  if (gimp_image_get_base_type(image) == GIMP_INDEXED && std::ranges::any_of(layers, &Layer::indexed))
    gimp_image_convert_rgb(image);
}

void write_painted(GimpImage *image, const std::vector<Layer> &layers, Output output, const std::string &name) {
  if (!gimp_image_is_valid(image))
    fail_execution(_("The image was closed while it was being painted, so that there is nowhere to put the painting."));
  gimp_image_undo_group_start(image);
  convert_indexed(image, layers);
  std::vector<GimpLayer *> added;
  for (const Layer &layer : layers) {
    GimpLayer *new_one = put_painting(image, layer, output, name);
    if (new_one)
      added.push_back(new_one);
    attach_settings(new_one ? GIMP_ITEM(new_one) : GIMP_ITEM(layer.drawable), layer.settings, GIMP_ITEM(layer.source));
  }
  if (!added.empty()) {
    added.push_back(nullptr);
    gimp_image_set_selected_layers(image, const_cast<const GimpLayer **>(added.data()));
  }
  gimp_image_undo_group_end(image);
}

} // namespace plugin
