// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include "plugin/preview/surface.h"
#include "raster/pixels.h"

namespace plugin {

// A widget with a picture as large as fits, on a checkerboard where it is transparent.
class PictureArea {
public:
  PictureArea(int least_width, int least_height, const char *spoken_name);
  ~PictureArea();
  PictureArea(const PictureArea &) = delete;
  PictureArea &operator=(const PictureArea &) = delete;

  GtkWidget *widget() const { return widget_; } // belongs to the container it is put into

  void show(const raster::Pixels &pixels);

private:
  void draw(cairo_t *cairo) const;

  GtkWidget *widget_;
  Surface picture_;
};

} // namespace plugin
