// SPDX-License-Identifier: GPL-3.0-or-later
#include "drawablebox.h"

#include <cairo-gobject.h>

#include <utility>

#include "base/i18n.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr int side = DrawableBox::picture_side;
enum Column { picture_column, name_column, id_column, columns };

std::string name_of(GimpItem *item) {
  g_autofree char *name = gimp_item_get_name(item);
  return name;
}

// Calls `take` with every layer, those in groups too.
void for_each_layer(GimpItem **items, const std::function<void(GimpLayer *)> &take) {
  for (GimpItem **item = items; item && *item; ++item) {
    take(GIMP_LAYER(*item));
    if (gimp_item_is_group(*item)) {
      g_autofree GimpItem **inside = gimp_item_get_children(*item);
      for_each_layer(inside, take);
    }
  }
}

std::vector<NamedDrawable> find_drawables(const std::function<void(GimpImage *, std::vector<NamedDrawable> &)> &find) {
  g_autofree GimpImage **images = gimp_get_images();
  std::vector<NamedDrawable> all;
  for (GimpImage **image = images; image && *image; ++image) {
    std::vector<NamedDrawable> here;
    find(*image, here);
    g_autofree char *name = gimp_image_get_name(*image);
    for (NamedDrawable &each : here)
      all.push_back({each.drawable, images[1] ? pastiche::sentence(_("%s, in %s"), each.name.c_str(), name) : each.name});
  }
  return all;
}

void add_layers(GimpImage *image, std::vector<NamedDrawable> &found) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  for_each_layer(reinterpret_cast<GimpItem **>(layers),
                 [&](GimpLayer *layer) { found.push_back({GIMP_DRAWABLE(layer), name_of(GIMP_ITEM(layer))}); });
}

void add_channels(GimpImage *image, std::vector<NamedDrawable> &found) {
  g_autofree GimpChannel **channels = gimp_image_get_channels(image);
  for (GimpChannel **channel = channels; channel && *channel; ++channel)
    found.push_back({GIMP_DRAWABLE(*channel), name_of(GIMP_ITEM(*channel))});
}

void add_masks(GimpImage *image, std::vector<NamedDrawable> &found) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  for_each_layer(reinterpret_cast<GimpItem **>(layers), [&](GimpLayer *layer) {
    if (GimpLayerMask *mask = gimp_layer_get_mask(layer))
      found.push_back({GIMP_DRAWABLE(mask), pastiche::sentence(_("Mask of %s"), name_of(GIMP_ITEM(layer)).c_str())});
  });
}

} // namespace

std::vector<NamedDrawable> find_style_drawables() {
  return find_drawables([](GimpImage *image, std::vector<NamedDrawable> &found) {
    add_layers(image, found);
    add_channels(image, found);
  });
}

std::vector<NamedDrawable> find_region_drawables() {
  return find_drawables([](GimpImage *image, std::vector<NamedDrawable> &found) {
    found.push_back({GIMP_DRAWABLE(gimp_image_get_selection(image)), _("Selection")});
    add_masks(image, found);
    add_channels(image, found);
    add_layers(image, found);
  });
}

DrawableBox::DrawableBox(std::function<void(GimpDrawable *)> chosen)
    : chosen_(std::move(chosen)), rows_(gtk_list_store_new(columns, CAIRO_GOBJECT_TYPE_SURFACE, G_TYPE_STRING, G_TYPE_INT)),
      box_(gtk_combo_box_new_with_model(GTK_TREE_MODEL(rows_))) {
  g_object_unref(rows_); // the box has it
  GtkCellRenderer *picture = gtk_cell_renderer_pixbuf_new(), *name = gtk_cell_renderer_text_new();
  g_object_set(name, "ellipsize", PANGO_ELLIPSIZE_END, "xpad", 6, nullptr);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(box_), picture, FALSE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(box_), picture, "surface", picture_column);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(box_), name, TRUE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(box_), name, "text", name_column);
  g_signal_connect(box_, "changed", G_CALLBACK(+[](GtkComboBox *box, DrawableBox *self) {
                     GtkTreeIter row;
                     if (!gtk_combo_box_get_active_iter(box, &row))
                       return;
                     int id;
                     gtk_tree_model_get(GTK_TREE_MODEL(self->rows_), &row, id_column, &id, -1);
                     shielded([&] { self->chosen_(id ? gimp_drawable_get_by_id(id) : nullptr); });
                   }),
                   this);
}

DrawableBox::~DrawableBox() { g_signal_handlers_disconnect_by_data(box_, this); }

void DrawableBox::list(const std::vector<NamedDrawable> &drawables) {
  g_signal_handlers_block_matched(box_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  gtk_list_store_clear(rows_);
  gtk_list_store_insert_with_values(rows_, nullptr, -1, id_column, 0, -1);
  const int scale_factor = gtk_widget_get_scale_factor(box_);
  for (const NamedDrawable &each : drawables) {
    g_autoptr(GdkPixbuf) small =
        gimp_drawable_get_thumbnail(each.drawable, side * scale_factor, side * scale_factor, GIMP_PIXBUF_SMALL_CHECKS);
    cairo_surface_t *surface = small ? gdk_cairo_surface_create_from_pixbuf(small, scale_factor, nullptr) : nullptr;
    gtk_list_store_insert_with_values(rows_, nullptr, -1, picture_column, surface, name_column, each.name.c_str(), id_column,
                                      gimp_item_get_id(GIMP_ITEM(each.drawable)), -1);
    if (surface)
      cairo_surface_destroy(surface);
  }
  g_signal_handlers_unblock_matched(box_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
}

void DrawableBox::show(const char *first, cairo_surface_t *picture, GimpDrawable *drawable) {
  g_signal_handlers_block_matched(box_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
  const int wanted = drawable ? gimp_item_get_id(GIMP_ITEM(drawable)) : 0;
  gtk_combo_box_set_active(GTK_COMBO_BOX(box_), -1);
  GtkTreeIter row;
  GtkTreeModel *model = GTK_TREE_MODEL(rows_);
  if (gtk_tree_model_get_iter_first(model, &row))
    gtk_list_store_set(rows_, &row, picture_column, picture, name_column, first, -1);
  for (gboolean more = gtk_tree_model_get_iter_first(model, &row); more; more = gtk_tree_model_iter_next(model, &row)) {
    int id;
    gtk_tree_model_get(model, &row, id_column, &id, -1);
    if (id == wanted)
      gtk_combo_box_set_active_iter(GTK_COMBO_BOX(box_), &row);
  }
  g_signal_handlers_unblock_matched(box_, G_SIGNAL_MATCH_DATA, 0, 0, nullptr, nullptr, this);
}

} // namespace plugin
