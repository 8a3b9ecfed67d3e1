// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylegrid.h"

#include <algorithm>
#include <utility>

#include "base/datafolder.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "description.h"
#include "plugin/scrolling.h"
#include "plugin/shield.h"
#include "recentstyles.h"
#include "styles/gallery.h"
#include "thumbnail.h"

namespace plugin {
namespace {

constexpr int width = 84, height = 63, columns = 4, grid_height = 230; // logical pixels; two rows are seen

GtkWidget *make_text(const char *text) {
  GtkWidget *label = gtk_label_new(text);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 1); // as wide as there is room
  gtk_widget_set_hexpand(label, TRUE);
  return label;
}

GtkWidget *make_dim_text(const char *text) {
  GtkWidget *label = make_text(text);
  gtk_style_context_add_class(gtk_widget_get_style_context(label), "dim-label");
  return label;
}

// Upper and lower case are the same, however a letter is composed.
std::string comparable(const std::string &text) {
  g_autofree char *normal = g_utf8_normalize(text.c_str(), -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold(normal ? normal : "", -1);
  return folded;
}

// Whether GdkPixbuf reads every file of this kind, so that one that it cannot read is damaged. GIMP may open others.
bool always_read(const std::string &uri) {
  if (!g_str_has_prefix(uri.c_str(), "file:"))
    return false;
  g_autofree char *type = g_content_type_guess(uri.c_str(), nullptr, 0, nullptr);
  return g_content_type_is_mime_type(type, "image/jpeg") || g_content_type_is_mime_type(type, "image/png");
}

} // namespace

StyleGrid::StyleGrid(std::function<void(const std::string &)> chosen)
    : chosen_(std::move(chosen)), box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)), find_(gtk_search_entry_new()),
      scrolled_(gtk_scrolled_window_new(nullptr, nullptr)), groups_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)),
      nothing_(make_dim_text(_("No style is called so."))), left_out_(make_dim_text(nullptr)), cancellable_(g_cancellable_new()) {
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled_), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scrolled_), GTK_SHADOW_IN);
  gtk_scrolled_window_set_overlay_scrolling(GTK_SCROLLED_WINDOW(scrolled_), FALSE);
  gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled_), grid_height);
  GtkWidget *inside = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  gtk_container_set_border_width(GTK_CONTAINER(inside), 3);
  gtk_box_pack_start(GTK_BOX(inside), groups_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(inside), nothing_, FALSE, FALSE, 0);
  for (GtkWidget *unsaid : {nothing_, left_out_})
    gtk_widget_set_no_show_all(unsaid, TRUE);
  gtk_container_add(GTK_CONTAINER(scrolled_), inside);
  gtk_box_pack_start(GTK_BOX(box_), make_find_row(), FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), scrolled_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), left_out_, FALSE, FALSE, 0);
  add_groups();
}

StyleGrid::~StyleGrid() {
  g_cancellable_cancel(cancellable_);
  g_object_unref(cancellable_);
  g_signal_handlers_disconnect_by_data(find_, this);
  for (const Entry &entry : entries_)
    g_signal_handlers_disconnect_by_data(gtk_widget_get_parent(entry.tile.child), this);
}

void StyleGrid::add_groups() {
  std::vector<std::string> built_in;
  for (const pastiche::GalleryStyle &style : pastiche::gallery_styles())
    built_in.push_back(style.uri);
  std::vector<std::string> own = find_folder_styles();
  std::erase_if(own, [&](const std::string &uri) { return std::ranges::find(built_in, uri) != built_in.end(); });
  const std::string folder = pastiche::shown(pastiche::styles_folder());
  add_group(_("Built in"), built_in, nullptr);
  add_group(_("Museum and mine"), own, pastiche::sentence(_("Pictures in %s appear here."), folder.c_str()).c_str());
  add_group(_("Recent"), read_recent_styles(), nullptr);
  load_next();
}

void StyleGrid::show_new(const std::string &uri) {
  g_cancellable_cancel(cancellable_);
  g_object_unref(cancellable_);
  cancellable_ = g_cancellable_new();
  gtk_container_foreach(GTK_CONTAINER(groups_), [](GtkWidget *group, gpointer) { gtk_widget_destroy(group); }, nullptr);
  entries_.clear();
  left_out_titles_.clear();
  gtk_widget_hide(left_out_);
  loaded_ = 0;
  gtk_entry_set_text(GTK_ENTRY(find_), "");
  add_groups();
  gtk_widget_show_all(groups_);
  if (const auto shown = std::ranges::find(entries_, uri, &Entry::uri); shown != entries_.end())
    scroll_to_new(GTK_SCROLLED_WINDOW(scrolled_), shown->tile.child);
}

GtkWidget *StyleGrid::make_find_row() {
  GtkWidget *label = gtk_label_new_with_mnemonic(_("_Quick find"));
  gtk_label_set_mnemonic_widget(GTK_LABEL(label), find_);
  gtk_widget_set_tooltip_text(find_, _("Shows the styles that have this in their title, technique or credit; Enter takes the first one"));
  g_signal_connect(find_, "search-changed", G_CALLBACK(+[](GtkEntry *, StyleGrid *self) { shielded([&] { self->find(); }); }), this);
  g_signal_connect(find_, "activate", G_CALLBACK(+[](GtkEntry *, StyleGrid *self) { shielded([&] { self->choose_found(); }); }), this);
  g_signal_connect(find_, "stop-search", G_CALLBACK(+[](GtkEntry *entry, StyleGrid *) { gtk_entry_set_text(entry, ""); }), this);
  GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(row), find_, TRUE, TRUE, 0);
  return row;
}

void StyleGrid::find() {
  const char *text = gtk_entry_get_text(GTK_ENTRY(find_));
  const std::string asked = comparable(text);
  bool any = false;
  g_autoptr(GList) groups = gtk_container_get_children(GTK_CONTAINER(groups_));
  for (GList *group = groups; group; group = group->next) {
    bool found = asked.empty();
    for (const Entry &entry : entries_)
      if (gtk_widget_is_ancestor(entry.tile.child, GTK_WIDGET(group->data))) {
        const bool fits = entry.found_by.find(asked) != std::string::npos;
        gtk_widget_set_visible(entry.tile.child, fits);
        found |= fits;
      }
    gtk_widget_set_visible(GTK_WIDGET(group->data), found);
    any |= found;
  }
  gtk_widget_set_visible(nothing_, !any);
}

void StyleGrid::choose_found() {
  find(); // what was typed last may not have been looked at yet
  const auto found = std::ranges::find_if(entries_, [](const Entry &entry) { return gtk_widget_get_visible(entry.tile.child); });
  if (found != entries_.end())
    chosen_(found->uri);
}

// A group without styles says its hint, or is not there.
void StyleGrid::add_group(const char *title, const std::vector<std::string> &uris, const char *hint) {
  if (uris.empty() && !hint)
    return;
  GtkWidget *group = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_pack_start(GTK_BOX(group), make_dim_text(title), FALSE, FALSE, 0);
  if (uris.empty()) {
    gtk_box_pack_start(GTK_BOX(group), make_dim_text(hint), FALSE, FALSE, 0);
  } else {
    GtkWidget *grid = make_tile_grid(title, columns);
    for (const std::string &uri : uris)
      add_entry(grid, uri);
    g_signal_connect(grid, "child-activated", G_CALLBACK(+[](GtkFlowBox *, GtkFlowBoxChild *child, StyleGrid *self) {
                       shielded([&] {
                         const auto is_it = [&](const Entry &entry) { return entry.tile.child == GTK_WIDGET(child); };
                         self->chosen_(std::ranges::find_if(self->entries_, is_it)->uri);
                       });
                     }),
                     this);
    gtk_box_pack_start(GTK_BOX(group), grid, FALSE, FALSE, 0);
  }
  gtk_box_pack_start(GTK_BOX(groups_), group, FALSE, FALSE, 0);
}

void StyleGrid::add_entry(GtkWidget *grid, const std::string &uri) {
  const Description said = describe_style(uri);
  entries_.push_back(
      {.uri = uri, .title = said.title, .found_by = comparable(said.found_by), .tile = add_tile(grid, said, nullptr, width, height)});
}

void StyleGrid::load_next() {
  if (loaded_ == entries_.size())
    return;
  const int scale_factor = gtk_widget_get_scale_factor(scrolled_);
  make_thumbnail(entries_[loaded_].uri, width * scale_factor, cancellable_, [this, scale_factor](GdkPixbuf *picture) {
    const Entry &entry = entries_[loaded_];
    if (!picture && always_read(entry.uri)) {
      leave_out_loaded();
    } else {
      show_loaded(picture, scale_factor);
      ++loaded_;
    }
    load_next();
  });
}

void StyleGrid::show_loaded(GdkPixbuf *picture, int scale_factor) {
  GtkImage *image = GTK_IMAGE(entries_[loaded_].tile.picture);
  if (!picture) {
    gtk_image_set_from_icon_name(image, "image-x-generic", GTK_ICON_SIZE_DIALOG);
    return;
  }
  // Upright ones lose above and below, so that all are of one height.
  const int rows = std::min(gdk_pixbuf_get_height(picture), height * scale_factor);
  g_autoptr(GdkPixbuf) middle =
      gdk_pixbuf_new_subpixbuf(picture, 0, (gdk_pixbuf_get_height(picture) - rows) / 2, gdk_pixbuf_get_width(picture), rows);
  cairo_surface_t *surface = gdk_cairo_surface_create_from_pixbuf(middle, scale_factor, nullptr);
  gtk_image_set_from_surface(image, surface);
  cairo_surface_destroy(surface);
}

void StyleGrid::leave_out_loaded() {
  const auto entry = entries_.begin() + static_cast<std::ptrdiff_t>(loaded_);
  left_out_titles_.push_back(entry->title);
  gtk_widget_destroy(entry->tile.child);
  entries_.erase(entry);
  const std::string text = pastiche::sentence(_("Left out, as their files cannot be read: %s"), pastiche::listed(left_out_titles_).c_str());
  gtk_label_set_text(GTK_LABEL(left_out_), text.c_str());
  gtk_widget_show(left_out_);
}

} // namespace plugin
