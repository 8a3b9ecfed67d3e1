// SPDX-License-Identifier: GPL-3.0-or-later
#include "source.h"

#include "base/i18n.h"

namespace plugin {

void add_from_original_argument(GimpProcedure *procedure) {
  gimp_procedure_add_boolean_argument(procedure, from_original_argument, _("Paint from the original"),
                                      _("A layer that Pastiche has painted is painted anew from what it was painted from, if that is still "
                                        "in the image; otherwise the painting itself is painted over"),
                                      FALSE, G_PARAM_READWRITE);
}

void choose_sources(std::vector<Layer> &layers, GimpProcedureConfig *config) {
  gboolean from_original = FALSE;
  g_object_get(config, from_original_argument, &from_original, nullptr);
  for (Layer &layer : layers)
    layer.source = from_original && layer.original ? layer.original : layer.drawable;
}

} // namespace plugin
