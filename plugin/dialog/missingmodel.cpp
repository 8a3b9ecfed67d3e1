// SPDX-License-Identifier: GPL-3.0-or-later
#include "missingmodel.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "models/catalogue.h"
#include "models/store.h"
#include "modelswindow.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

std::optional<models::Model> find_missing(GimpProcedureConfig *config) {
  g_autofree char *name = nullptr;
  g_object_get(config, "model", &name, nullptr);
  if (!name || models::is_installed(name))
    return {};
  try {
    for (models::Model &model : models::catalogue())
      if (model.name == name)
        return std::move(model);
  } catch (const pastiche::Failure &) { // the window of the models tells it
  }
  return {};
}

void show_missing(GimpProcedureConfig *config, GtkWidget *row) {
  const std::optional<models::Model> missing = find_missing(config);
  gtk_widget_set_visible(row, missing.has_value());
  if (!missing)
    return;
  const std::string text = pastiche::sentence(_("%s is not on this computer yet (%s)."), missing->network.title.c_str(),
                                              pastiche::shown_size(missing->network.bytes()).c_str());
  gtk_label_set_text(GTK_LABEL(g_object_get_data(G_OBJECT(row), "label")), text.c_str());
}

} // namespace

GtkWidget *make_missing_model_row(GimpProcedureConfig *config) {
  GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12), *label = gtk_label_new(nullptr);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 1); // as wide as there is room
  GtkWidget *download = gtk_button_new_with_label(_("Download"));
  gimp_help_set_help_data(download, _("Gets the model, in the window of the models"), nullptr);
  gtk_box_pack_start(GTK_BOX(row), label, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(row), download, FALSE, FALSE, 0);
  gtk_widget_show_all(row);
  gtk_widget_set_no_show_all(row, TRUE);
  g_object_set_data(G_OBJECT(row), "label", label);
  g_signal_connect_object(config, "notify::model", G_CALLBACK(+[](GimpProcedureConfig *own, GParamSpec *, GtkWidget *self) {
                            shielded([&] { show_missing(own, self); });
                          }),
                          row, static_cast<GConnectFlags>(0));
  g_signal_connect(download, "clicked", G_CALLBACK(+[](GtkWidget *button, GimpProcedureConfig *own) {
                     shielded([&] {
                       if (const std::optional<models::Model> missing = find_missing(own))
                         show_models(GTK_WINDOW(gtk_widget_get_toplevel(button)), own, &*missing);
                     });
                   }),
                   config);
  show_missing(config, row);
  return row;
}

} // namespace plugin
