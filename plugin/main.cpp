// SPDX-License-Identifier: GPL-3.0-or-later
// The GIMP plug-in: what GIMP is told of it.
#include <libgimp/gimp.h>

#include "arguments.h"
#include "base/i18n.h"
#include "host/door.h"
#include "plugin/layers/output.h"
#include "plugin/layers/source.h"
#include "plugin/run/batch.h"
#include "plugin/run/run.h"
#include "plugin/run/settings.h"
#include "plugin/styles/style.h"

namespace {

constexpr const char *procedure_name = "plug-in-pastiche";
constexpr const char *repeat_name = "plug-in-pastiche-repeat";
constexpr const char *batch_name = "plug-in-pastiche-batch";

struct Pastiche {
  GimpPlugIn parent;
};
struct PasticheClass {
  GimpPlugInClass parent;
};
GType pastiche_get_type();
G_DEFINE_TYPE(Pastiche, pastiche, GIMP_TYPE_PLUG_IN)

GList *query_procedures(GimpPlugIn *) {
  GList *names = nullptr;
  for (const char *name : {procedure_name, repeat_name, batch_name})
    names = g_list_append(names, g_strdup(name));
  return names;
}

void attribute(GimpProcedure *procedure) {
  gimp_procedure_set_attribution(procedure, "The Pastiche developers", "The Pastiche developers, GPL-3.0-or-later", "2026");
}

// What the procedures in the menu have in common.
void describe(GimpProcedure *procedure) {
  gimp_procedure_set_image_types(procedure, "*"); // indexed ones too, so that the user is told what to do instead of finding it grey
  gimp_procedure_set_sensitivity_mask(procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES);
  gimp_procedure_add_menu_path(procedure, "<Image>/Filters/Artistic");
  gimp_procedure_set_icon_name(procedure, "gimp-tool-paintbrush");
  attribute(procedure);
}

// No help page: GIMP's manual has none on it, so no Help button.
GimpProcedure *create_pastiche(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = gimp_image_procedure_new(plug_in, procedure_name, GIMP_PDB_PROC_TYPE_PLUGIN, plugin::run, nullptr, nullptr);
  gimp_procedure_set_menu_label(procedure, _("_Pastiche..."));
  describe(procedure);
  gimp_procedure_set_documentation(procedure, _("Repaint the selected layers in the style of another picture"),
                                   _("Looks at the content of the selected layers and at the style of another picture through a neural "
                                     "network, and repaints the layers so that they keep the one and take on the other. The selection and "
                                     "transparency are respected. Works on this computer alone; nothing is sent anywhere."),
                                   nullptr);
  plugin::add_style_arguments(procedure);
  plugin::add_output_argument(procedure);
  plugin::add_from_original_argument(procedure);
  plugin::add_option_arguments(procedure);
  plugin::add_call_argument(procedure);
  return procedure;
}

GimpProcedure *create_repeat(GimpPlugIn *plug_in) {
  GimpProcedure *procedure = gimp_image_procedure_new(plug_in, repeat_name, GIMP_PDB_PROC_TYPE_PLUGIN, plugin::run_again,
                                                      create_pastiche(plug_in), g_object_unref);
  gimp_procedure_set_menu_label(procedure, _("Pastiche with the Settings of This _Layer..."));
  describe(procedure);
  gimp_procedure_set_documentation(procedure, _("Repaint the other selected layers as one of them was painted before"),
                                   _("Layers that Pastiche has painted keep the settings they were painted with, also in XCF files. This "
                                     "paints other layers with them: select a painting and the layers to paint like it. Selected alone, "
                                     "it is painted once more."),
                                   nullptr);
  gimp_procedure_add_drawable_argument(
      procedure, plugin::settings_layer_argument, _("_Layer with the settings"),
      _("A layer that Pastiche has painted; none: the one among the layers to paint, which is then left as it is "
        "unless it is alone"),
      TRUE, G_PARAM_READWRITE);
  plugin::add_call_argument(procedure);
  return procedure;
}

// For scripts alone, so it is in no menu.
GimpProcedure *create_batch(GimpPlugIn *plug_in) {
  GimpProcedure *procedure =
      gimp_procedure_new(plug_in, batch_name, GIMP_PDB_PROC_TYPE_PLUGIN, plugin::run_batch, const_cast<char *>(procedure_name), nullptr);
  attribute(procedure);
  gimp_procedure_set_documentation(
      procedure, _("Repaint many pictures in the style of other pictures"),
      _("Paints files in any format that GIMP opens into a folder, each in a process of its own. A report beside "
        "the results tells about every picture, and what a batch that was interrupted goes on with."),
      nullptr);
  plugin::add_batch_arguments(procedure);
  plugin::add_style_arguments(procedure);
  plugin::add_output_argument(procedure);
  plugin::add_option_arguments(procedure);
  return procedure;
}

GimpProcedure *create_procedure(GimpPlugIn *plug_in, const char *name) {
  return g_str_equal(name, procedure_name) ? create_pastiche(plug_in)
         : g_str_equal(name, repeat_name)  ? create_repeat(plug_in)
         : g_str_equal(name, batch_name)   ? create_batch(plug_in)
                                           : nullptr;
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

int main(int argc, char **argv) {
  pastiche::prepare_process();
  return gimp_main(pastiche_get_type(), argc, argv);
}
