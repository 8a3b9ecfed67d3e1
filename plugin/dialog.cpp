// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog.h"

#include <libgimp/gimpui.h>

#include "core/i18n.h"
#include "core/options.h"
#include "stylepreview.h"

namespace plugin {
namespace {

// The names of the plain options or of the expert ones, as the list GIMP's dialog wants.
GList *list_options(bool expert) {
  GList *names = nullptr;
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert == expert)
      names = g_list_append(names, const_cast<char *>(option.name));
  return names;
}

// A slider for every plain number, nearly logarithmic where zero is out of its range.
void choose_widgets(GimpProcedureDialog *dialog) {
  for (const pastiche::Option &option : pastiche::option_table()) {
    const auto *number = std::get_if<pastiche::NumberOption>(&option.kind);
    if (option.expert || !number)
      continue;
    GtkWidget *slider = gimp_procedure_dialog_get_spin_scale(dialog, option.name, 1.0);
    if (number->minimum > 0.0)
      gimp_spin_scale_set_gamma(GIMP_SPIN_SCALE(slider), 10.0);
  }
}

// GIMP's widget would list every file.
void list_pictures_first(GtkWidget *style_file) {
  GtkFileFilter *pictures = gtk_file_filter_new();
  gtk_file_filter_set_name(pictures, _("Pictures"));
  gtk_file_filter_add_mime_type(pictures, "image/*");
  GtkFileFilter *all = gtk_file_filter_new();
  gtk_file_filter_set_name(all, _("All files"));
  gtk_file_filter_add_pattern(all, "*");

  g_autoptr(GList) children = gtk_container_get_children(GTK_CONTAINER(style_file));
  for (GList *child = children; child; child = child->next)
    if (GTK_IS_FILE_CHOOSER(child->data)) {
      gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(child->data), pictures);
      gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(child->data), all);
    }
}

// Only the style widget that counts is shown: the file's or the drawable's.
void follow_style_source(GimpProcedureConfig *config, GParamSpec *, GimpProcedureDialog *dialog) {
  g_autofree char *source = nullptr;
  g_object_get(config, "style-source", &source, nullptr);
  const bool file = g_str_equal(source, "file");
  gtk_widget_set_visible(gimp_procedure_dialog_get_widget(dialog, "style-file", G_TYPE_NONE), file);
  gtk_widget_set_visible(gimp_procedure_dialog_get_widget(dialog, "style-drawable", G_TYPE_NONE), !file);
}

void fill(GimpProcedureDialog *dialog, GtkWidget *preview) {
  choose_widgets(dialog);
  list_pictures_first(gimp_procedure_dialog_get_widget(dialog, "style-file", G_TYPE_NONE));
  gimp_procedure_dialog_get_label(dialog, "style-title", _("Style"), FALSE, FALSE);
  gimp_procedure_dialog_fill_box(dialog, "style-box", "style-source", "style-file", "style-drawable", nullptr);
  gimp_procedure_dialog_fill_frame(dialog, "style-frame", "style-title", FALSE, "style-box");

  g_autoptr(GList) plain = list_options(false);
  gimp_procedure_dialog_get_label(dialog, "painting-title", _("Painting"), FALSE, FALSE);
  gimp_procedure_dialog_fill_box_list(dialog, "painting-box", plain);
  gimp_procedure_dialog_fill_frame(dialog, "painting-frame", "painting-title", FALSE, "painting-box");

  g_autoptr(GList) expert = list_options(true);
  gimp_procedure_dialog_get_label(dialog, "expert-title", _("E_xpert"), FALSE, TRUE);
  gimp_procedure_dialog_fill_box_list(dialog, "expert-box", expert);
  gimp_procedure_dialog_fill_expander(dialog, "expert-expander", "expert-title", FALSE, "expert-box");

  GtkWidget *settings = gimp_procedure_dialog_fill_box(dialog, "settings", "style-frame", "painting-frame", "expert-expander", nullptr);
  gtk_box_set_spacing(GTK_BOX(settings), 12);
  GtkWidget *columns = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_pack_start(GTK_BOX(columns), settings, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(columns), preview, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(dialog))), columns, TRUE, TRUE, 0);
  gtk_widget_show(settings);
  gtk_widget_show(columns);
}

} // namespace

bool show_dialog(GimpProcedure *procedure, GimpProcedureConfig *config) {
  gimp_ui_init(GETTEXT_PACKAGE);
  gimp_param_spec_file_set_action(g_object_class_find_property(G_OBJECT_GET_CLASS(config), "style-file"), GIMP_FILE_CHOOSER_ACTION_OPEN);

  GtkWidget *window = gimp_procedure_dialog_new(procedure, config, _("Pastiche"));
  GimpProcedureDialog *dialog = GIMP_PROCEDURE_DIALOG(window);
  bool confirmed = false;
  {
    const StylePreview preview(config, GTK_DIALOG(window));
    fill(dialog, preview.widget());
    const gulong following = g_signal_connect(config, "notify::style-source", G_CALLBACK(follow_style_source), dialog);
    follow_style_source(config, nullptr, dialog);
    confirmed = gimp_procedure_dialog_run(dialog);
    g_signal_handler_disconnect(config, following);
  }
  gtk_widget_destroy(window);
  return confirmed;
}

} // namespace plugin
