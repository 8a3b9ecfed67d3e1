// SPDX-License-Identifier: GPL-3.0-or-later
// Small pictures at other sizes.
#pragma once

#include "raster/pixels.h"

namespace plugin {

// A part of a picture, in its pixels and not necessarily whole ones.
struct Part {
  double x, y, width, height;
};

// The part, stretched to a size between its pixels.
raster::Pixels enlarge(const raster::Pixels &pixels, const Part &part, int width, int height);

// The picture reduced to a size; every pixel is the mean of those that fall into it, of their colours as far as they are visible.
raster::Pixels reduce(const raster::Pixels &pixels, int width, int height);

// The middle of a picture.
raster::Pixels crop_middle(const raster::Pixels &pixels, int width, int height);

} // namespace plugin
