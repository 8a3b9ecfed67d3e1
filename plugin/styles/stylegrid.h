// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

#include "tile.h"

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

  // A file has come to be in one of the folders: looks through them again, and scrolls to it.
  void show_new(const std::string &uri);

private:
  struct Entry {
    std::string uri, title;
    std::string found_by; // as comparable() makes it
    Tile tile;
  };
  GtkWidget *make_find_row();
  void add_groups();
  void add_group(const char *title, const std::vector<std::string> &uris, const char *hint);
  void add_entry(GtkWidget *grid, const std::string &uri);
  void find();         // shows what the entry asks for, all if that is nothing
  void choose_found(); // the first of them
  void load_next();    // thumbnails are made one after the other: the preview needs the processor too
  void show_loaded(GdkPixbuf *picture, int scale_factor);
  void leave_out_loaded();

  std::function<void(const std::string &)> chosen_;
  GtkWidget *box_, *find_, *scrolled_, *groups_, *nothing_, *left_out_;
  std::vector<Entry> entries_;
  std::vector<std::string> left_out_titles_;
  size_t loaded_ = 0;
  GCancellable *cancellable_;
};

} // namespace plugin
