// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls.h"

#include <array>
#include <utility>

#include "base/i18n.h"
#include "detailbox.h"
#include "modelbox.h"

namespace plugin {
namespace {

struct MakeControl {
  GimpProcedureConfig *config;
  const pastiche::Option &option;

  GtkWidget *operator()(const pastiche::IntegerOption &) const {
    return option.meaning == pastiche::Meaning::side ? make_detail_box(config)
                                                     : gimp_prop_spin_button_new(G_OBJECT(config), option.name, 1, 10, 0);
  }
  GtkWidget *operator()(const pastiche::NumberOption &kind) const {
    const double step = kind.maximum > 1.0 ? 0.1 : 0.001;
    if (option.expert())
      return gimp_prop_spin_button_new(G_OBJECT(config), option.name, step, 10 * step, kind.maximum > 1.0 ? 2 : 3);
    GtkWidget *slider = gimp_prop_spin_scale_new(G_OBJECT(config), option.name, 0.01, 0.1, 2);
    if (kind.minimum > 0.0) // nearly logarithmic
      gimp_spin_scale_set_gamma(GIMP_SPIN_SCALE(slider), 10.0);
    name_slider(slider);
    return slider;
  }
  GtkWidget *operator()(const pastiche::ChoiceOption &) const { return make_choice_control(config, option.name); }
  GtkWidget *operator()(const pastiche::TextOption &) const {
    return option.meaning == pastiche::Meaning::model ? make_model_box(config) : gimp_prop_entry_new(G_OBJECT(config), option.name, -1);
  }
};

// In the order of the dialog.
constexpr std::array expert_groups{
    std::pair{pastiche::Group::network, N_("Network")},
    std::pair{pastiche::Group::weights, N_("What counts how much")},
    std::pair{pastiche::Group::way_of_painting, N_("Way of painting")},
    std::pair{pastiche::Group::computer, N_("Computer")},
};

// Of several in a box.
GtkWidget *first_control(GtkWidget *control) {
  while (GTK_IS_BOX(control)) {
    g_autoptr(GList) inside = gtk_container_get_children(GTK_CONTAINER(control));
    control = GTK_WIDGET(inside->data);
  }
  return control;
}

int count_rows(GtkWidget *rows) { return GPOINTER_TO_INT(g_object_get_data(G_OBJECT(rows), "rows")); }

} // namespace

GtkWidget *make_control(GimpProcedureConfig *config, const pastiche::Option &option) {
  GtkWidget *control = std::visit(MakeControl{config, option}, option.kind);
  gimp_help_set_help_data(control, _(option.description), nullptr);
  return control;
}

void name_slider(GtkWidget *slider) {
  g_autofree char *name = gimp_strip_uline(gimp_spin_scale_get_label(GIMP_SPIN_SCALE(slider)));
  atk_object_set_name(gtk_widget_get_accessible(slider), name);
}

GtkWidget *make_choice_control(GimpProcedureConfig *config, const char *argument, const char *left_out) {
  GimpChoice *choice = gimp_param_spec_choice_get_choice(g_object_class_find_property(G_OBJECT_GET_CLASS(config), argument));
  enum { label_column, name_column }; // screen readers read the first
  GtkListStore *rows = gtk_list_store_new(2, G_TYPE_STRING, G_TYPE_STRING);
  g_autoptr(GList) names = g_list_copy(gimp_choice_list_nicks(choice));
  for (GList *each = names; each; each = each->next)
    if (g_strcmp0(static_cast<const char *>(each->data), left_out) != 0)
      gtk_list_store_insert_with_values(rows, nullptr, -1, label_column,
                                        gimp_choice_get_label(choice, static_cast<const char *>(each->data)), name_column, each->data, -1);
  GtkWidget *box = gtk_combo_box_new_with_model(GTK_TREE_MODEL(rows));
  g_object_unref(rows);
  gtk_combo_box_set_id_column(GTK_COMBO_BOX(box), name_column);
  constexpr int most_width = 180; // logical pixels; a longer text has several lines
  GtkCellRenderer *cell = gtk_cell_renderer_text_new();
  g_object_set(cell, "wrap-mode", PANGO_WRAP_WORD_CHAR, "wrap-width", most_width, nullptr);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(box), cell, TRUE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(box), cell, "text", label_column);
  g_object_bind_property(config, argument, box, "active-id", static_cast<GBindingFlags>(G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL));
  return box;
}

GtkWidget *make_output_control(GimpProcedureConfig *config) {
  const auto ask_for_new_layer = +[](GimpProcedureConfig *own) {
    g_autofree char *output = nullptr;
    g_object_get(own, "output", &output, nullptr);
    if (g_strcmp0(output, "automatic") == 0)
      g_object_set(own, "output", "new-layer", nullptr);
  };
  ask_for_new_layer(config);
  GtkWidget *box = make_choice_control(config, "output", "automatic");
  // Resetting goes back to what scripts have.
  g_signal_connect_object(config, "notify::output", G_CALLBACK(ask_for_new_layer), box, static_cast<GConnectFlags>(0));
  return box;
}

GtkWidget *make_row_of(GtkWidget *first, GtkWidget *second) {
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_pack_start(GTK_BOX(box), first, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box), second, FALSE, FALSE, 0);
  return box;
}

GtkWidget *make_rows() {
  GtkWidget *rows = gtk_grid_new();
  gtk_grid_set_column_spacing(GTK_GRID(rows), 12);
  gtk_grid_set_row_spacing(GTK_GRID(rows), 6);
  return rows;
}

void add_row(GtkWidget *rows, GtkWidget *control) {
  const int row = count_rows(rows);
  g_object_set_data(G_OBJECT(rows), "rows", GINT_TO_POINTER(row + 1));
  gtk_widget_set_hexpand(control, TRUE);
  gtk_grid_attach(GTK_GRID(rows), control, 0, row, 2, 1);
}

void add_row(GtkWidget *rows, const char *label, const char *description, GtkWidget *control) {
  const int row = count_rows(rows);
  g_object_set_data(G_OBJECT(rows), "rows", GINT_TO_POINTER(row + 1));
  GtkWidget *title = gtk_label_new_with_mnemonic(label);
  gtk_label_set_xalign(GTK_LABEL(title), 0);
  gtk_label_set_mnemonic_widget(GTK_LABEL(title), first_control(control)); // for screen readers too
  gimp_help_set_help_data(title, description, nullptr);
  gimp_help_set_help_data(control, description, nullptr);
  gtk_widget_set_hexpand(control, TRUE);
  gtk_grid_attach(GTK_GRID(rows), title, 0, row, 1, 1);
  gtk_grid_attach(GTK_GRID(rows), control, 1, row, 1, 1);
}

GtkWidget *make_expert_groups(GimpProcedureConfig *config) {
  GtkWidget *groups = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_margin_top(groups, 6);
  for (const auto &[group, title] : expert_groups) {
    GtkWidget *rows = make_rows(), *frame = gimp_frame_new(_(title));
    for (const pastiche::Option &option : pastiche::option_table())
      if (option.group == group)
        add_row(rows, _(option.label), _(option.description), make_control(config, option));
    gtk_container_add(GTK_CONTAINER(frame), rows);
    gtk_box_pack_start(GTK_BOX(groups), frame, FALSE, FALSE, 0);
  }
  return groups;
}

} // namespace plugin
