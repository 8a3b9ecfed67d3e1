// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <functional>
#include <string>
#include <vector>

namespace plugin {

// A drawable of an open image, as a user is to know it.
struct NamedDrawable {
  GimpDrawable *drawable;
  std::string name; // with that of its image where several are open
};

// Layers, layer groups and channels.
std::vector<NamedDrawable> find_style_drawables();

// What can say where something is painted: selections, layer masks, channels, and layers too.
std::vector<NamedDrawable> find_region_drawables();

// A drop-down list of drawables with a small picture of each, below a first row that stands for none of them. Tells only what the user
// chooses.
class DrawableBox {
public:
  explicit DrawableBox(std::function<void(GimpDrawable *)> chosen); // null: the first row
  ~DrawableBox();
  DrawableBox(const DrawableBox &) = delete;
  DrawableBox &operator=(const DrawableBox &) = delete;

  GtkWidget *widget() const { return box_; }

  void list(const std::vector<NamedDrawable> &drawables);

  static constexpr int picture_side = 24; // logical pixels

  // Gives the first row this name and picture, if any, and shows that the drawable is chosen, or the first row where that is null. A
  // drawable that is not in the list is not open any more.
  void show(const char *first, cairo_surface_t *picture, GimpDrawable *drawable);

private:
  std::function<void(GimpDrawable *)> chosen_;
  GtkListStore *rows_;
  GtkWidget *box_;
};

} // namespace plugin
