// SPDX-License-Identifier: GPL-3.0-or-later
#include "colorbox.h"

#include <algorithm>

#include "controls.h"

namespace plugin {
namespace {

constexpr int width = 48, height = 40; // logical pixels

Surface faded(const Surface &picture) {
  constexpr double opacity = 0.4;
  double scale, same;
  cairo_surface_get_device_scale(picture.get(), &scale, &same);
  const Surface pale(cairo_surface_create_similar_image(picture.get(), CAIRO_FORMAT_ARGB32, cairo_image_surface_get_width(picture.get()),
                                                        cairo_image_surface_get_height(picture.get())),
                     cairo_surface_destroy);
  cairo_surface_set_device_scale(pale.get(), scale, scale);
  cairo_t *cr = cairo_create(pale.get());
  cairo_set_source_surface(cr, picture.get(), 0, 0);
  cairo_paint_with_alpha(cr, opacity);
  cairo_destroy(cr);
  return pale;
}

} // namespace

ColorBox::ColorBox(GimpProcedureConfig *config) : box_(make_choice_control(config, "color")), cell_(gtk_cell_renderer_pixbuf_new()) {
  GtkTreeModel *rows = gtk_combo_box_get_model(GTK_COMBO_BOX(box_));
  sketches_.resize(static_cast<size_t>(gtk_tree_model_iter_n_children(rows, nullptr)));
  constexpr int margin = 3;
  gtk_cell_renderer_set_padding(cell_, margin, 1);
  gtk_cell_renderer_set_fixed_size(cell_, width + 2 * margin, height + 2);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(box_), cell_, FALSE);
  gtk_cell_layout_reorder(GTK_CELL_LAYOUT(box_), cell_, 0);
  gtk_cell_layout_set_cell_data_func(
      GTK_CELL_LAYOUT(box_), cell_,
      [](GtkCellLayout *, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *row, gpointer data) {
        GtkTreePath *path = gtk_tree_model_get_path(model, row);
        const Sketch &sketch = static_cast<ColorBox *>(data)->sketches_[static_cast<size_t>(*gtk_tree_path_get_indices(path))];
        gtk_tree_path_free(path);
        const Surface shown = sketch.picture && sketch.stale ? faded(sketch.picture) : sketch.picture;
        g_object_set(cell, "surface", shown.get(), nullptr);
      },
      this, nullptr);
}

ColorBox::~ColorBox() { gtk_cell_layout_set_cell_data_func(GTK_CELL_LAYOUT(box_), cell_, nullptr, nullptr, nullptr); }

void ColorBox::grow_stale() {
  for (size_t number = 0; number < sketches_.size(); ++number) {
    sketches_[number].stale = true;
    redraw(number);
  }
}

std::optional<size_t> ColorBox::next() const {
  const auto next = std::ranges::find(sketches_, true, &Sketch::stale);
  return next == sketches_.end() ? std::nullopt : std::optional(static_cast<size_t>(next - sketches_.begin()));
}

void ColorBox::vary(size_t number, pastiche_options &options) const { options.color = static_cast<int32_t>(number); }

void ColorBox::show(size_t number, const raster::Pixels *painted) {
  sketches_[number] = {.picture = painted ? make_thumbnail(*painted, width, height, gtk_widget_get_scale_factor(box_)) : nullptr,
                       .stale = false};
  redraw(number);
}

void ColorBox::redraw(size_t number) {
  GtkTreeModel *rows = gtk_combo_box_get_model(GTK_COMBO_BOX(box_));
  GtkTreeIter row;
  gtk_tree_model_iter_nth_child(rows, &row, nullptr, static_cast<int>(number));
  GtkTreePath *path = gtk_tree_model_get_path(rows, &row);
  gtk_tree_model_row_changed(rows, path, &row);
  gtk_tree_path_free(path);
}

} // namespace plugin
