// SPDX-License-Identifier: GPL-3.0-or-later
// A small picture with its title, as grids of styles have them.
#pragma once

#include <gtk/gtk.h>

#include "description.h"

namespace plugin {

struct Tile {
  GtkWidget *child, *picture; // a child of a GtkFlowBox, and the image in it
};

// Fewer tiles than `columns` stand in a line of their own only when it is the last one; Enter chooses a tile, and nothing is selected.
GtkWidget *make_tile_grid(const char *name, guint columns);

// Adds a tile to the grid. Its picture has `width` × `height` logical pixels; `more` is said below the title and may be null.
Tile add_tile(GtkWidget *grid, const Description &said, const char *more, int width, int height);

} // namespace plugin
