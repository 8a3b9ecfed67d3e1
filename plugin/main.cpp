// SPDX-License-Identifier: GPL-3.0-or-later
// The GIMP plug-in: what GIMP is told of it.
#include <libgimp/gimp.h>

#include "arguments.h"
#include "core/i18n.h"
#include "output.h"
#include "run.h"
#include "style.h"

namespace {

constexpr const char *procedure_name = "plug-in-pastiche";

struct Pastiche {
  GimpPlugIn parent;
};
struct PasticheClass {
  GimpPlugInClass parent;
};
GType pastiche_get_type();
G_DEFINE_TYPE(Pastiche, pastiche, GIMP_TYPE_PLUG_IN)

GList *query_procedures(GimpPlugIn *) { return g_list_append(nullptr, g_strdup(procedure_name)); }

GimpProcedure *create_procedure(GimpPlugIn *plug_in, const char *name) {
  if (!g_str_equal(name, procedure_name))
    return nullptr;
  GimpProcedure *procedure = gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, plugin::run, nullptr, nullptr);
  gimp_procedure_set_image_types(procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES);
  gimp_procedure_set_menu_label(procedure, _("_Pastiche..."));
  gimp_procedure_add_menu_path(procedure, "<Image>/Filters/Artistic");
  gimp_procedure_set_icon_name(procedure, "gimp-tool-paintbrush");
  gimp_procedure_set_documentation(procedure, _("Repaint the selected layers in the style of another picture"),
                                   _("Looks at the content of the selected layers and at the style of another picture through a neural "
                                     "network, and repaints the layers so that they keep the one and take on the other. The selection and "
                                     "transparency are respected. Works on this computer alone; nothing is sent anywhere."),
                                   nullptr); // GIMP's manual has no page on it, so no Help button
  gimp_procedure_set_attribution(procedure, "The Pastiche developers", "The Pastiche developers, GPL-3.0-or-later", "2026");
  plugin::add_style_arguments(procedure);
  plugin::add_output_argument(procedure);
  plugin::add_option_arguments(procedure);
  return procedure;
}

// FALSE: the catalogue is installed with the system's, not in the plug-in's own folder where GIMP would look.
gboolean set_i18n(GimpPlugIn *, const char *, char **, char **) {
  pastiche::bind_translations();
  return FALSE;
}

void pastiche_class_init(PasticheClass *type) {
  type->parent.query_procedures = query_procedures;
  type->parent.create_procedure = create_procedure;
  type->parent.set_i18n = set_i18n;
}

void pastiche_init(Pastiche *) {}

} // namespace

GIMP_MAIN(pastiche_get_type())
