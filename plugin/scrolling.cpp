// SPDX-License-Identifier: GPL-3.0-or-later
#include "scrolling.h"

namespace plugin {
namespace {

void scroll_to(GtkWidget *widget, GdkRectangle *place, GtkScrolledWindow *around) {
  g_signal_handlers_disconnect_by_func(widget, reinterpret_cast<gpointer>(scroll_to), around); // the user scrolls from now on
  GtkWidget *viewport = gtk_bin_get_child(GTK_BIN(around));
  int x, y;
  if (gtk_widget_translate_coordinates(widget, gtk_bin_get_child(GTK_BIN(viewport)), 0, 0, &x, &y))
    gtk_adjustment_clamp_page(gtk_scrolled_window_get_vadjustment(around), y, y + place->height);
}

} // namespace

void let_wheel_scroll(GtkWidget *widget) {
  if (GTK_IS_COMBO_BOX(widget) || GTK_IS_SPIN_BUTTON(widget) || GTK_IS_SCALE(widget))
    g_signal_connect(widget, "scroll-event", G_CALLBACK(+[](GtkWidget *control, GdkEvent *, gpointer) -> gboolean {
                       g_signal_stop_emission_by_name(control, "scroll-event"); // before its own answer to it
                       return FALSE;                                            // to what is around it
                     }),
                     nullptr);
  else if (GTK_IS_CONTAINER(widget))
    gtk_container_foreach(GTK_CONTAINER(widget), [](GtkWidget *inside, gpointer) { let_wheel_scroll(inside); }, nullptr);
}

void scroll_to_new(GtkScrolledWindow *around, GtkWidget *widget) {
  g_signal_connect(widget, "size-allocate", G_CALLBACK(scroll_to), around);
}

} // namespace plugin
