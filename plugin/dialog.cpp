// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog.h"

#include <libgimp/gimpui.h>

#include <cstring>

#include "core/i18n.h"
#include "core/options.h"
#include "stylepreview.h"

namespace plugin {
namespace {

bool has_mnemonic(const pastiche::Option &option) { return std::strchr(option.label, '_') != nullptr; }

// The names of the plain options or of the expert ones, as the list GIMP's dialog wants. It also wants a mnemonic for each, of which there
// are not enough for all.
GList *list_options(bool expert) {
  GList *names = nullptr;
  for (const pastiche::Option &option : pastiche::option_table())
    if (option.expert == expert && has_mnemonic(option))
      names = g_list_append(names, const_cast<char *>(option.name));
  return names;
}

// A control for an option's value in the config, made without GIMP's dialog.
struct MakeControl {
  GimpProcedureConfig *config;
  const char *name;

  GtkWidget *operator()(const pastiche::IntegerOption &) const { return gimp_prop_spin_button_new(G_OBJECT(config), name, 1, 10, 0); }
  GtkWidget *operator()(const pastiche::NumberOption &kind) const {
    const double step = kind.maximum > 1.0 ? 0.1 : 0.001;
    return gimp_prop_spin_button_new(G_OBJECT(config), name, step, 10 * step, kind.maximum > 1.0 ? 2 : 3);
  }
  GtkWidget *operator()(const pastiche::ChoiceOption &) const {
    GimpChoice *choice = gimp_param_spec_choice_get_choice(g_object_class_find_property(G_OBJECT_GET_CLASS(config), name));
    GtkListStore *rows = gtk_list_store_new(2, G_TYPE_STRING, G_TYPE_STRING);
    g_autoptr(GList) names = g_list_copy(gimp_choice_list_nicks(choice));
    for (GList *each = names; each; each = each->next)
      gtk_list_store_insert_with_values(rows, nullptr, -1, 0, each->data, 1,
                                        gimp_choice_get_label(choice, static_cast<const char *>(each->data)), -1);
    GtkWidget *box = gtk_combo_box_new_with_model(GTK_TREE_MODEL(rows));
    g_object_unref(rows);
    gtk_combo_box_set_id_column(GTK_COMBO_BOX(box), 0);
    GtkCellRenderer *cell = gtk_cell_renderer_text_new();
    gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(box), cell, TRUE);
    gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(box), cell, "text", 1);
    g_object_bind_property(config, name, box, "active-id", static_cast<GBindingFlags>(G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL));
    return box;
  }
  GtkWidget *operator()(const pastiche::TextOption &) const { return gimp_prop_entry_new(G_OBJECT(config), name, -1); }
};

// The options that have no place on GIMP's own page, in rows that can be scrolled.
GtkWidget *make_more(GimpProcedureConfig *config) {
  GtkWidget *grid = gtk_grid_new();
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_container_set_border_width(GTK_CONTAINER(grid), 6);
  int row = 0;
  for (const pastiche::Option &option : pastiche::option_table()) {
    if (has_mnemonic(option))
      continue;
    GtkWidget *control = std::visit(MakeControl{config, option.name}, option.kind), *label = gtk_label_new(_(option.label));
    gtk_widget_set_hexpand(control, TRUE);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), control); // for screen readers
    gimp_help_set_help_data(label, _(option.description), nullptr);
    gimp_help_set_help_data(control, _(option.description), nullptr);
    gtk_grid_attach(GTK_GRID(grid), label, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), control, 1, row++, 1, 1);
  }
  constexpr int visible_height = 220;
  GtkWidget *scrolled = gtk_scrolled_window_new(nullptr, nullptr);
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled), visible_height);
  gtk_container_add(GTK_CONTAINER(scrolled), grid);
  GtkWidget *more = gtk_expander_new_with_mnemonic(_("Losses, layers, si_zes"));
  gtk_container_add(GTK_CONTAINER(more), scrolled);
  gtk_widget_show_all(more);
  return more;
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

void fill(GimpProcedureDialog *dialog, GimpProcedureConfig *config, GtkWidget *preview) {
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
  gtk_box_pack_start(GTK_BOX(settings), make_more(config), FALSE, FALSE, 0);
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
    fill(dialog, config, preview.widget());
    const gulong following = g_signal_connect(config, "notify::style-source", G_CALLBACK(follow_style_source), dialog);
    follow_style_source(config, nullptr, dialog);
    confirmed = gimp_procedure_dialog_run(dialog);
    g_signal_handler_disconnect(config, following);
  }
  gtk_widget_destroy(window);
  return confirmed;
}

} // namespace plugin
