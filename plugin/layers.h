// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of a call: which of them can be painted and where, and the way of their pixels out of GIMP and back.
#pragma once

#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include "raster/pixels.h"

namespace plugin {

struct Layer {
  GimpDrawable *drawable;
  std::string name;
  GeglRectangle area; // what the selection covers of it, in the drawable's own coordinates
  raster::Pixels painted;
};

// The drawables that the selection touches. Throws Failure when one of them cannot be painted or when none is left.
std::vector<Layer> find_layers(GimpDrawable **drawables);

raster::Pixels read_content(const Layer &layer);

// A part of it, in the drawable's own coordinates; a `scale` below 1 reduces it. Throws Failure when the layer is gone.
raster::Pixels read_content(const Layer &layer, const GeglRectangle &part, double scale);

// Puts every layer's painted pixels in, as one undo step. Before anything is changed, throws Failure when a layer is no
// longer there as it was.
void write_painted(GimpImage *image, const std::vector<Layer> &layers);

} // namespace plugin
