// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylestrip.h"

#include <cairo-gobject.h>

#include <algorithm>
#include <utility>

#include "base/datafolder.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "plugin/shield.h"
#include "recentstyles.h"
#include "thumbnail.h"

namespace plugin {
namespace {

constexpr int side = 64; // logical pixels

enum Column { PICTURE, TIP, COLUMNS };

} // namespace

StyleStrip::StyleStrip(std::function<void(const std::string &)> chosen)
    : chosen_(std::move(chosen)), rows_(gtk_list_store_new(COLUMNS, CAIRO_GOBJECT_TYPE_SURFACE, G_TYPE_STRING)),
      scrolled_(gtk_scrolled_window_new(nullptr, nullptr)), view_(gtk_icon_view_new_with_model(GTK_TREE_MODEL(rows_))),
      cancellable_(g_cancellable_new()) {
  GtkIconView *view = GTK_ICON_VIEW(view_);
  GtkCellRenderer *picture = gtk_cell_renderer_pixbuf_new();
  gtk_cell_renderer_set_fixed_size(picture, side, side);
  gtk_cell_layout_pack_start(GTK_CELL_LAYOUT(view), picture, FALSE);
  gtk_cell_layout_add_attribute(GTK_CELL_LAYOUT(view), picture, "surface", PICTURE);
  gtk_icon_view_set_tooltip_column(view, TIP);
  gtk_icon_view_set_activate_on_single_click(view, TRUE);
  gtk_icon_view_set_item_padding(view, 2);
  gtk_icon_view_set_column_spacing(view, 2);
  gtk_icon_view_set_row_spacing(view, 0);
  gtk_icon_view_set_margin(view, 2);
  atk_object_set_name(gtk_widget_get_accessible(view_), _("Styles near at hand"));
  g_signal_connect(view_, "item-activated",
                   G_CALLBACK(+[](GtkIconView *, GtkTreePath *path, StyleStrip *self) { shielded([&] { self->choose(path); }); }), this);
  fill();

  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled_), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scrolled_), GTK_SHADOW_IN);
  gtk_scrolled_window_set_overlay_scrolling(GTK_SCROLLED_WINDOW(scrolled_), FALSE);
  if (uris_.empty()) {
    const std::string folder = pastiche::shown(pastiche::styles_folder());
    const std::string text = pastiche::sentence(_("Pictures in %s appear here, and the styles that you used."), folder.c_str());
    GtkWidget *hint = gtk_label_new(text.c_str());
    gtk_label_set_line_wrap(GTK_LABEL(hint), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(hint), PANGO_WRAP_WORD_CHAR);
    constexpr int hint_chars = 40;
    gtk_label_set_width_chars(GTK_LABEL(hint), hint_chars);
    gtk_label_set_max_width_chars(GTK_LABEL(hint), hint_chars);
    gtk_style_context_add_class(gtk_widget_get_style_context(hint), "dim-label");
    gtk_widget_set_size_request(hint, -1, side);
    g_object_ref_sink(view_);
    g_object_unref(view_);
    view_ = nullptr;
    gtk_container_add(GTK_CONTAINER(scrolled_), hint);
  } else {
    gtk_container_add(GTK_CONTAINER(scrolled_), view_);
  }
  gtk_widget_show_all(scrolled_);
}

StyleStrip::~StyleStrip() {
  g_cancellable_cancel(cancellable_);
  g_object_unref(cancellable_);
  if (view_)
    g_signal_handlers_disconnect_by_data(view_, this);
  g_object_unref(rows_);
}

void StyleStrip::fill() {
  uris_ = read_recent_styles();
  for (const std::string &uri : find_folder_styles())
    if (std::find(uris_.begin(), uris_.end(), uri) == uris_.end())
      uris_.push_back(uri);
  for (const std::string &uri : uris_) {
    g_autoptr(GFile) file = g_file_new_for_uri(uri.c_str());
    g_autofree char *name = g_file_get_parse_name(file);
    g_autofree char *tip = g_markup_escape_text(name, -1);
    gtk_list_store_insert_with_values(rows_, nullptr, -1, TIP, tip, -1);
  }
  gtk_icon_view_set_columns(GTK_ICON_VIEW(view_), std::max(1, static_cast<int>(uris_.size())));
  load_next();
}

void StyleStrip::load_next() {
  if (loaded_ == uris_.size())
    return;
  const int scale_factor = gtk_widget_get_scale_factor(view_);
  make_thumbnail(uris_[loaded_], side * scale_factor, cancellable_, [this, scale_factor](GdkPixbuf *picture) {
    cairo_surface_t *surface;
    if (picture)
      surface = gdk_cairo_surface_create_from_pixbuf(picture, scale_factor, nullptr);
    else
      surface = gtk_icon_theme_load_surface(gtk_icon_theme_get_default(), "image-x-generic", side / 2, scale_factor, nullptr,
                                            GTK_ICON_LOOKUP_FORCE_SIZE, nullptr);
    GtkTreeIter row;
    if (gtk_tree_model_iter_nth_child(GTK_TREE_MODEL(rows_), &row, nullptr, static_cast<gint>(loaded_)))
      gtk_list_store_set(rows_, &row, PICTURE, surface, -1);
    if (surface)
      cairo_surface_destroy(surface);
    ++loaded_;
    load_next();
  });
}

void StyleStrip::choose(GtkTreePath *path) { chosen_(uris_.at(static_cast<size_t>(gtk_tree_path_get_indices(path)[0]))); }

} // namespace plugin
