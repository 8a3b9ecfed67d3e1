// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

namespace plugin {

// From now on turning the wheel over a control in this widget, or over the widget itself, scrolls what is around it and changes no value.
void let_wheel_scroll(GtkWidget *widget);

// Scrolls so that the widget is seen, from its upper edge on when it is high, as soon as it has a place.
void scroll_to_new(GtkScrolledWindow *around, GtkWidget *widget);

} // namespace plugin
