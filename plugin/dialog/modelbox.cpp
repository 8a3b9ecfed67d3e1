// SPDX-License-Identifier: GPL-3.0-or-later
#include "modelbox.h"

#include "base/i18n.h"
#include "controls.h"
#include "models/store.h"
#include "modelswindow.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

void list_models(GtkComboBoxText *names) {
  gtk_combo_box_text_remove_all(names);
  for (const std::string &name : models::built_in_models())
    gtk_combo_box_text_append_text(names, name.c_str());
  for (const models::Installed &model : models::installed_models())
    gtk_combo_box_text_append_text(names, model.name.c_str());
}

// An entry has no text that is NULL, which arguments may be.
gboolean to_text(GBinding *, const GValue *argument, GValue *text, gpointer) {
  const char *value = g_value_get_string(argument);
  g_value_set_string(text, value ? value : "");
  return TRUE;
}

} // namespace

GtkWidget *make_model_box(GimpProcedureConfig *config) {
  GtkWidget *names = gtk_combo_box_text_new_with_entry();
  list_models(GTK_COMBO_BOX_TEXT(names));
  g_object_bind_property_full(config, "model", gtk_bin_get_child(GTK_BIN(names)), "text",
                              static_cast<GBindingFlags>(G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL), to_text, nullptr, nullptr,
                              nullptr);
  atk_object_set_name(gtk_widget_get_accessible(gtk_bin_get_child(GTK_BIN(names))), _("Name or file of the network"));
  GtkWidget *others = gtk_button_new_with_label(_("Models…"));
  gimp_help_set_help_data(others, _("Gets VGG-19 and other networks, imports, verifies and removes them"), nullptr);
  g_object_set_data(G_OBJECT(others), "names", names);
  g_signal_connect(others, "clicked", G_CALLBACK(+[](GtkWidget *button, GimpProcedureConfig *own) {
                     shielded([&] {
                       show_models(GTK_WINDOW(gtk_widget_get_toplevel(button)), own);
                       list_models(GTK_COMBO_BOX_TEXT(g_object_get_data(G_OBJECT(button), "names")));
                     });
                   }),
                   config);
  return make_row_of(names, others);
}

} // namespace plugin
