// SPDX-License-Identifier: GPL-3.0-or-later
#include "tile.h"

namespace plugin {
namespace {

GtkWidget *make_text(const char *text) {
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 1); // as wide as there is room
  gtk_label_set_lines(GTK_LABEL(label), 2);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand(label, TRUE);
  PangoAttrList *small = pango_attr_list_new();
  pango_attr_list_insert(small, pango_attr_scale_new(PANGO_SCALE_SMALL));
  gtk_label_set_attributes(GTK_LABEL(label), small);
  pango_attr_list_unref(small);
  return label;
}

} // namespace

GtkWidget *make_tile_grid(const char *name, guint columns) {
  GtkWidget *grid = gtk_flow_box_new();
  gtk_flow_box_set_homogeneous(GTK_FLOW_BOX(grid), TRUE);
  gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(grid), GTK_SELECTION_NONE);
  gtk_flow_box_set_min_children_per_line(GTK_FLOW_BOX(grid), columns);
  gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(grid), columns);
  atk_object_set_name(gtk_widget_get_accessible(grid), name);
  return grid;
}

Tile add_tile(GtkWidget *grid, const Description &said, const char *more, int width, int height) {
  const Tile tile{.child = gtk_flow_box_child_new(), .picture = gtk_image_new()};
  gtk_widget_set_size_request(tile.picture, width, height);
  GtkWidget *inside = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
  gtk_box_pack_start(GTK_BOX(inside), tile.picture, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(inside), make_text(said.title.c_str()), FALSE, FALSE, 0);
  if (more) {
    GtkWidget *below = make_text(more);
    gtk_style_context_add_class(gtk_widget_get_style_context(below), "dim-label");
    gtk_box_pack_start(GTK_BOX(inside), below, FALSE, FALSE, 0);
  }
  gtk_container_add(GTK_CONTAINER(tile.child), inside);
  gtk_widget_set_receives_default(tile.child, TRUE); // Enter chooses it and does not paint
  gtk_widget_set_tooltip_text(tile.child, said.tip.c_str());
  atk_object_set_name(gtk_widget_get_accessible(tile.child), said.title.c_str());
  atk_object_set_description(gtk_widget_get_accessible(tile.child), said.tip.c_str());
  gtk_container_add(GTK_CONTAINER(grid), tile.child);
  return tile;
}

} // namespace plugin
