// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

namespace plugin {

// The styles that are near at hand, as small pictures with their names, and an entry that finds some of them by their title and credit:
// those that come with Pastiche, those in the folders for styles, and those used lately.
class StyleGrid {
public:
  explicit StyleGrid(std::function<void(const std::string &uri)> chosen);
  ~StyleGrid();
  StyleGrid(const StyleGrid &) = delete;
  StyleGrid &operator=(const StyleGrid &) = delete;

  GtkWidget *widget() const { return box_; }

private:
  struct Tile {
    std::string uri, title;
    std::string found_by; // as comparable() makes it
    GtkWidget *child, *picture;
  };
  GtkWidget *make_find_row();
  void add_group(const char *title, const std::vector<std::string> &uris, const char *hint);
  Tile add_tile(GtkWidget *grid, const std::string &uri);
  void find();         // shows what the entry asks for, all if that is nothing
  void choose_found(); // the first of them
  void load_next();    // thumbnails are made one after the other: the preview needs the processor too
  void show_loaded(GdkPixbuf *picture, int scale_factor);
  void leave_out_loaded();

  std::function<void(const std::string &)> chosen_;
  GtkWidget *box_, *find_, *scrolled_, *groups_, *nothing_, *left_out_;
  std::vector<Tile> tiles_;
  std::vector<std::string> left_out_titles_;
  size_t loaded_ = 0;
  GCancellable *cancellable_;
};

} // namespace plugin
