// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into GIMP and its plug-ins by tests of windows, and at work in Pastiche alone: on SIGUSR1 writes what GTK knows of all widgets
// of its visible windows to the file $PASTICHE_TEST_WIDGETS, as a JSON list of
//   type, parent (its place in the list, -1: a window), visible (if it is not scrolled away), x, y, width, height (logical pixels of the
//   screen)
//   name, label (the name of what labels it), description, role, states: what screen readers are told
//   cut: whether less is seen than all of a label's text, a slider's label and number, or the longest choice of a combo box
#include <libgimp/gimpui.h>

#include <glib-unix.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::json;

const char *text_or_empty(const char *text) { return text ? text : ""; }

std::string label_of(AtkObject *accessible) {
  AtkRelationSet *relations = atk_object_ref_relation_set(accessible);
  AtkRelation *labels = atk_relation_set_get_relation_by_type(relations, ATK_RELATION_LABELLED_BY);
  const std::string label =
      labels ? text_or_empty(atk_object_get_name(static_cast<AtkObject *>(atk_relation_get_target(labels)->pdata[0]))) : "";
  g_object_unref(relations);
  return label;
}

void describe_accessible(GtkWidget *widget, Json &told) {
  AtkObject *accessible = gtk_widget_get_accessible(widget);
  told["name"] = text_or_empty(atk_object_get_name(accessible));
  told["label"] = label_of(accessible);
  told["description"] = text_or_empty(atk_object_get_description(accessible));
  told["role"] = text_or_empty(atk_role_get_name(atk_object_get_role(accessible)));
  Json &states = told["states"] = Json::array();
  AtkStateSet *set = atk_object_ref_state_set(accessible);
  for (int state = ATK_STATE_INVALID + 1; state < ATK_STATE_LAST_DEFINED; ++state)
    if (atk_state_set_contains_state(set, static_cast<AtkStateType>(state)))
      states.push_back(atk_state_type_get_name(static_cast<AtkStateType>(state)));
  g_object_unref(set);
}

int width_of(PangoLayout *layout) {
  int width;
  pango_layout_get_pixel_size(layout, &width, nullptr);
  return width;
}

bool can_wrap(GtkWidget *cells) {
  bool wraps = false;
  g_autoptr(GList) all = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(cells));
  for (GList *cell = all; cell; cell = cell->next)
    if (GTK_IS_CELL_RENDERER_TEXT(cell->data)) {
      int width;
      g_object_get(cell->data, "wrap-width", &width, nullptr);
      wraps |= width > 0;
    }
  return wraps;
}

bool is_cut(GtkWidget *widget) {
  const int width = gtk_widget_get_allocated_width(widget);
  if (GTK_IS_LABEL(widget)) {
    PangoLayout *layout = gtk_label_get_layout(GTK_LABEL(widget));
    int height;
    pango_layout_get_pixel_size(layout, nullptr, &height);
    return pango_layout_is_ellipsized(layout) || width_of(layout) > width || height > gtk_widget_get_allocated_height(widget);
  }
  if (GTK_IS_CELL_VIEW(widget)) {
    int least, whole, height;
    gtk_widget_get_preferred_width(widget, &least, &whole);
    gtk_widget_get_preferred_height_for_width(widget, width, &height, nullptr);
    return (can_wrap(widget) ? least : whole) > width || height > gtk_widget_get_allocated_height(widget);
  }
  if (GIMP_IS_SPIN_SCALE(widget)) {
    const char *text = gimp_spin_scale_get_label(GIMP_SPIN_SCALE(widget));
    PangoLayout *label = gtk_widget_create_pango_layout(widget, text);
    const int wanted = width_of(label) + width_of(gtk_entry_get_layout(GTK_ENTRY(widget)));
    g_object_unref(label);
    GdkRectangle area;
    gtk_entry_get_text_area(GTK_ENTRY(widget), &area);
    return wanted > area.width;
  }
  return false;
}

struct Walk {
  Json &list;
  GtkWidget *window;
  int parent;
  bool visible;
};

void describe(GtkWidget *widget, gpointer data) {
  const Walk &walk = *static_cast<Walk *>(data);
  // What an expander hides counts as mapped, but never got a size.
  const bool visible = walk.visible && gtk_widget_get_mapped(widget) && gtk_widget_get_allocated_width(widget) > 1;
  Json told{{"type", G_OBJECT_TYPE_NAME(widget)},
            {"parent", walk.parent},
            {"visible", visible},
            {"cut", is_cut(widget)},
            {"width", gtk_widget_get_allocated_width(widget)},
            {"height", gtk_widget_get_allocated_height(widget)}};
  int x = 0, y = 0, left = 0, top = 0;
  gtk_widget_translate_coordinates(widget, walk.window, 0, 0, &x, &y);
  gdk_window_get_origin(gtk_widget_get_window(walk.window), &left, &top);
  told["x"] = left + x;
  told["y"] = top + y;
  describe_accessible(widget, told);
  walk.list.push_back(std::move(told));
  if (GTK_IS_CONTAINER(widget)) {
    Walk inside{walk.list, walk.window, static_cast<int>(walk.list.size()) - 1, visible};
    gtk_container_forall(GTK_CONTAINER(widget), describe, &inside);
  }
}

gboolean tell(gpointer) {
  Json list = Json::array();
  g_autoptr(GList) windows = gtk_window_list_toplevels();
  for (GList *window = windows; window; window = window->next)
    if (gtk_widget_get_mapped(GTK_WIDGET(window->data))) {
      Walk walk{list, GTK_WIDGET(window->data), -1, true};
      describe(GTK_WIDGET(window->data), &walk);
    }
  const std::string path = std::getenv("PASTICHE_TEST_WIDGETS"), unfinished = path + ".part";
  std::ofstream(unfinished) << list.dump(1, ' ', false, Json::error_handler_t::replace);
  std::rename(unfinished.c_str(), path.c_str());
  return G_SOURCE_CONTINUE;
}

// GIMP starts a plug-in as: NAME -gimp PROTOCOL …
__attribute__((constructor)) void listen() {
  std::ifstream file("/proc/self/cmdline");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  if (std::getenv("PASTICHE_TEST_WIDGETS") && line.find(std::string_view("/pastiche/pastiche\0-gimp", 24)) != std::string::npos)
    g_unix_signal_add(SIGUSR1, tell, nullptr);
}

} // namespace
