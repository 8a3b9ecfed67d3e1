// SPDX-License-Identifier: GPL-3.0-or-later
#include "style.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/failure.h"
#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/layers/layers.h"
#include "plugin/layers/seen.h"
#include "raster/picture.h"

namespace plugin {
namespace {

enum StyleSource { FROM_FILE, FROM_DRAWABLE };

// Of a picture what is looked at.
struct Look {
  int longest_side;
  std::optional<raster::Crop> crop;
};

void read_reduced(GimpDrawable *drawable, const char *name, const Look &look, Style &style) {
  raster::Ref<GeglBuffer> buffer(gimp_drawable_get_buffer(drawable));
  style.size = {gegl_buffer_get_width(buffer.get()), gegl_buffer_get_height(buffer.get())};
  if (look.crop) {
    raster::check_within(*look.crop, style.size.width, style.size.height, name);
    buffer = raster::cut(buffer.get(), *look.crop);
  }
  const GeglRectangle extent = *gegl_buffer_get_extent(buffer.get());
  style.picture =
      raster::read(buffer.get(), extent, std::min(1.0, static_cast<double>(look.longest_side) / std::max(extent.width, extent.height)));
}

void refuse_invisible(const raster::Pixels &pixels, const char *name) {
  for (size_t i = 3; i < pixels.rgba.size(); i += 4)
    if (pixels.rgba[i] > 0.0f)
      return;
  refuse_call(_("The style picture “%s” is completely transparent; choose one with something to see."), name);
}

// The picture in a file, when it is of a kind that can be read without GIMP: an image that GIMP has opened stays there when this process is
// killed before it has closed it.
std::optional<raster::Picture> read_file(GFile *file, const Look &look) {
  g_autofree char *path = g_file_get_path(file);
  if (!path)
    return {};
  try {
    return raster::load(path, look.longest_side, 0, look.crop);
  } catch (const pastiche::Failure &) {
    return {}; // GIMP may be able to, and else it says why not
  }
}

void open_in_gimp(GFile *file, const char *name, const Look &look, Style &style) {
  const HiddenImage image(gimp_file_load(GIMP_RUN_NONINTERACTIVE, file));
  if (!image.get())
    refuse_call(_("The style picture “%s” cannot be opened (%s)."), name, gimp_pdb_get_last_error(gimp_get_pdb()));
  // A non-interactive load leaves the picture lying as the camera was held.
  gimp_image_policy_rotate(image.get(), FALSE);
  GimpLayer *visible = gimp_image_merge_visible_layers(image.get(), GIMP_CLIP_TO_IMAGE);
  if (!visible)
    refuse_call(_("The style picture “%s” has no visible layer; choose one with something to see."), name);
  read_reduced(GIMP_DRAWABLE(visible), name, look, style);
}

Style load_drawable(GimpDrawable *drawable, const Look &look) {
  if (!gimp_item_is_valid(GIMP_ITEM(drawable)))
    refuse_call(_("The style layer does not exist any more; choose another one."));
  Style style{.name = name_of(GIMP_ITEM(drawable)), .picture = {}};
  read_as_seen(drawable, [&](GimpDrawable *seen) { read_reduced(seen, style.name.c_str(), look, style); });
  refuse_invisible(style.picture, style.name.c_str());
  return style;
}

std::string name_of(GFile *file) {
  g_autofree char *name = g_file_get_basename(file);
  return std::filesystem::path(name).stem();
}

Style load_file(GFile *file, const Look &look) {
  g_autofree char *name = g_file_get_parse_name(file);
  if (!g_file_query_exists(file, nullptr))
    refuse_call(_("The style picture “%s” does not exist; choose another file."), name);
  Style style{.name = name_of(file), .picture = {}};
  if (g_autofree char *path = g_file_get_path(file))
    style.credit = museums::credit_of(path);
  if (std::optional<raster::Picture> read = read_file(file, look)) {
    style.picture = std::move(read->pixels);
    style.size = read->size;
    style.notes = std::move(read->notes);
  } else {
    open_in_gimp(file, name, look, style);
  }
  refuse_invisible(style.picture, name);
  return style;
}

bool is_set(GimpProcedureConfig *config, const std::string &argument) {
  g_autoptr(GObject) value = nullptr; // a file or a drawable
  g_object_get(config, argument.c_str(), &value, nullptr);
  return value != nullptr;
}

} // namespace

std::string style_argument(const char *name, int number) { return number == 1 ? name : std::string(name) + "-" + std::to_string(number); }

void add_style_arguments(GimpProcedure *procedure) {
  GimpChoice *source = gimp_choice_new_with_values("file", FROM_FILE, _("Picture file"), nullptr, // a file on the disk
                                                   "drawable", FROM_DRAWABLE, _("Layer of an open image"), nullptr, nullptr);
  gimp_procedure_add_choice_argument(procedure, "style-source", _("Style _from"), _("Where the style comes from"), source, "file",
                                     G_PARAM_READWRITE);
  for (int number = 1; number <= most_styles; ++number) {
    // GIMP itself refuses a missing file for GIMP_FILE_CHOOSER_ACTION_OPEN, with a text nobody understands. The dialog,
    // which needs that action to offer a file button, sets it there.
    gimp_procedure_add_file_argument(procedure, style_argument("style-file", number).c_str(), _("St_yle picture"),
                                     _("A picture in any format that GIMP opens: a painting, a drawing, a texture"),
                                     GIMP_FILE_CHOOSER_ACTION_ANY, TRUE, nullptr, G_PARAM_READWRITE);
    gimp_procedure_add_drawable_argument(procedure, style_argument("style-drawable", number).c_str(), _("Style l_ayer"),
                                         _("A layer, layer group or channel of any open image"), TRUE, G_PARAM_READWRITE);
    gimp_procedure_add_double_argument(procedure, style_argument("style-share", number).c_str(), _("Style share"),
                                       _("How much of this style there is beside the others"), 0, 1, 1, G_PARAM_READWRITE);
    gimp_procedure_add_string_argument(procedure, style_argument("style-crop", number).c_str(), _("Style crop"),
                                       _("The part of this style that is used: X,Y,WIDTH,HEIGHT in its pixels; empty: all of it but for "
                                         "the plain border that a scan may have"),
                                       "", G_PARAM_READWRITE);
    gimp_procedure_add_drawable_argument(procedure, style_argument("style-region", number).c_str(), _("Style region"),
                                         _("Where this style is painted: a channel, saved selection, layer mask or layer, white where it "
                                           "is and black or transparent where not, soft in between"),
                                         TRUE, G_PARAM_READWRITE);
  }
}

Style load_style(GimpProcedureConfig *config, int number, int longest_side, bool whole) {
  g_autoptr(GFile) file = nullptr;
  g_autoptr(GimpDrawable) drawable = nullptr;
  g_autoptr(GimpDrawable) region = nullptr;
  g_autofree char *crop = nullptr;
  double weight;
  g_object_get(config, style_argument("style-file", number).c_str(), &file, style_argument("style-drawable", number).c_str(), &drawable,
               style_argument("style-share", number).c_str(), &weight, style_argument("style-crop", number).c_str(), &crop,
               style_argument("style-region", number).c_str(), &region, nullptr);

  const bool from_file = number > 1 ? file != nullptr : gimp_procedure_config_get_choice_id(config, "style-source") == FROM_FILE;
  if (from_file && !file)
    refuse_call(_("Choose a style picture."));
  if (!from_file && !drawable)
    refuse_call(_("Choose a style layer."));
  Look look{longest_side, {}};
  if (!whole && crop && *crop && !(look.crop = raster::crop_in(crop)))
    refuse_call(_("The crop of a style is a rectangle X,Y,WIDTH,HEIGHT in its pixels, such as 40,30,800,600, not “%s”."), crop);
  Style style = from_file ? load_file(file, look) : load_drawable(drawable, look);
  style.weight = weight;
  style.cropped = look.crop.has_value();
  style.region = region; // libgimp itself keeps the object for as long as the call lasts
  return style;
}

std::vector<Style> load_styles(GimpProcedureConfig *config, int longest_side) {
  std::vector<Style> styles;
  double weights = 0;
  for (int number = 1; number <= most_styles; ++number) {
    if (number > 1 && !is_set(config, style_argument("style-file", number)) && !is_set(config, style_argument("style-drawable", number)))
      continue;
    styles.push_back(load_style(config, number, longest_side));
    weights += styles.back().weight;
  }
  if (weights <= 0)
    refuse_call(_("The share of every style is zero; give one of them some."));
  return styles;
}

} // namespace plugin
