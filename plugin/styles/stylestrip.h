// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

namespace plugin {

// The styles that are near at hand, as a row of small pictures: those used lately, then those in the folders for styles.
class StyleStrip {
public:
  explicit StyleStrip(std::function<void(const std::string &uri)> chosen);
  ~StyleStrip();
  StyleStrip(const StyleStrip &) = delete;
  StyleStrip &operator=(const StyleStrip &) = delete;

  GtkWidget *widget() const { return scrolled_; }

private:
  void fill();
  void load_next(); // thumbnails are made one after the other: the preview needs the processor too
  void choose(GtkTreePath *path);

  std::function<void(const std::string &)> chosen_;
  GtkListStore *rows_;
  GtkWidget *scrolled_, *view_;
  std::vector<std::string> uris_;
  size_t loaded_ = 0;
  GCancellable *cancellable_;
};

} // namespace plugin
