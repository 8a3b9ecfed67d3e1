// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <optional>

#include "plugin/preview/surface.h"
#include "raster/codecs.h"
#include "raster/crop.h"

namespace plugin {

// A picture in small on which the pointer or the keyboard marks the part that is used: a press begins another one, its edges and corners
// can be dragged, and so can all of it.
class CropPicture {
public:
  // `chosen` is called when a part was marked, with nothing when it is all of the picture.
  CropPicture(int width, int height, std::function<void(const std::optional<raster::Crop> &)> chosen);
  ~CropPicture();
  CropPicture(const CropPicture &) = delete;
  CropPicture &operator=(const CropPicture &) = delete;

  GtkWidget *widget() const { return area_; }

  // A picture that has `size` pixels, of which these are used; nothing: all of them.
  void show(const raster::Pixels &picture, raster::Size size, const std::optional<raster::Crop> &crop);
  void show_none();

private:
  struct Edges {
    double left, top, right, bottom;
  };
  Edges used() const;
  double factor() const; // of the area's pixels to the picture's
  GdkPoint origin() const;
  unsigned edges_at(double x, double y) const; // that are dragged there; 0: those of another part
  void draw(cairo_t *cr) const;
  gboolean press(const GdkEventButton *event);
  void drag(double x, double y);
  void release();
  void move(const Edges &from, unsigned edges, double dx, double dy);
  void end(const std::optional<raster::Crop> &before); // of a change
  gboolean key(const GdkEventKey *event);
  void set_cursor(unsigned edges);

  std::function<void(const std::optional<raster::Crop> &)> chosen_;
  GtkWidget *area_;
  Surface picture_; // null: there is none
  raster::Size size_{};
  std::optional<raster::Crop> crop_;
  unsigned dragged_ = 0;           // edges that follow the pointer
  double from_x_ = 0, from_y_ = 0; // where it was pressed, in the picture's pixels
  Edges from_{};                   // that are dragged, as they were then
  std::optional<raster::Crop> before_drag_;
};

} // namespace plugin
