// SPDX-License-Identifier: GPL-3.0-or-later
#include "livefilter.h"

#include "base/i18n.h"
#include "output.h"
#include "plugin/arguments.h"
#include "plugin/callerror.h"
#include "plugin/styles/style.h"

namespace plugin {
namespace {

constexpr const char *operation = "pastiche:stylize";

// The path of the one style. The operation knows of no others, nor of regions.
std::string style_path(GimpProcedureConfig *config) {
  // Read once, so that what is wrong with it is said as always.
  const std::vector<Style> styles = load_styles(config, 1);
  g_autoptr(GFile) file = nullptr;
  g_object_get(config, "style-file", &file, nullptr);
  g_autofree char *path = file ? g_file_get_path(file) : nullptr;
  g_autofree char *source = nullptr;
  g_object_get(config, "style-source", &source, nullptr);
  if (styles.size() != 1 || styles[0].region || styles[0].cropped || !path || !g_str_equal(source, "file"))
    refuse_call(_("A live filter takes a single style from a picture file, whole and with no region; choose another place to paint into."));
  return path;
}

} // namespace

void add_live_filters(GimpImage *image, const std::vector<Layer> &layers, GimpProcedureConfig *config) {
  for (const Layer &layer : layers)
    if (GimpItem *lock = find_content_lock(GIMP_ITEM(layer.drawable)))
      refuse_call(_("The pixels of “%s” are locked; unlock them in the Layers dialog first."), name_of(lock).c_str());
  if (!gegl_has_operation(operation))
    refuse_call(
        _("GIMP does not find Pastiche's live filter, the GEGL operation %s; install Pastiche for GEGL too, or paint into the layer."),
        operation);
  const std::string style = style_path(config);
  const Options options(config);
  const pastiche_options &values = options.values();
  gimp_image_undo_group_start(image);
  convert_indexed(image, layers);
  for (const Layer &layer : layers)
    gimp_drawable_append_new_filter(layer.drawable, operation, nullptr, GIMP_LAYER_MODE_REPLACE, 1.0, "style-file", style.c_str(),
                                    "strength", values.strength, "style-scale", values.style_scale, "color",
                                    pastiche::choice_name("color", values), "seed", values.seed, nullptr);
  gimp_image_undo_group_end(image);
}

} // namespace plugin
