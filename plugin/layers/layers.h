// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of a call: which of them can be painted and where, and the way of their pixels out of GIMP.
#pragma once

#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include "raster/pixels.h"
#include "raster/ref.h"

namespace plugin {

struct Layer {
  GimpDrawable *drawable;
  GimpDrawable *source;   // whose pixels are painted: the drawable itself, or its original, which is as large
  GimpDrawable *original; // what the drawable, a painting of ours, was painted from, while that is there; null: none
  std::string name;
  GeglRectangle area;                // what the selection covers of it, in the drawable's own coordinates
  int width, height;                 // of the drawable
  int x, y;                          // its place in the image
  bool gray;                         // it holds no colours
  bool indexed;                      // it has a palette, which is to go before it is painted
  raster::Ref<GeglBuffer> selection; // of each pixel of the area how much is selected; null: nothing is selected, so that all is painted
  raster::Pixels painted{};          // empty: not painted yet
  std::string settings{};            // how it was painted
};

std::string name_of(GimpItem *item);

// What the user means by a drawable: of a layer mask, which GIMP names while it is edited, its layer.
GimpDrawable *layer_of(GimpDrawable *drawable);

// The item itself or the outermost group around it whose lock keeps its pixels from being changed; null: none.
GimpItem *find_content_lock(GimpItem *item);

// The layers that are meant and that the selection touches, as they and it are now. Throws CallError when one of them cannot be painted, as
// those with a palette are only `with_indexed`, or when none is left.
std::vector<Layer> find_layers(GimpDrawable **drawables, bool with_indexed);

// From its source.
raster::Pixels read_content(const Layer &layer);

// The same reduced, as pastiche_job::overviews has it.
raster::Pixels read_overview(const Layer &layer);

// A part of it, in the drawable's own coordinates; a `scale` below 1 reduces it. Throws CallError when the layer is gone.
raster::Pixels read_content(const Layer &layer, const GeglRectangle &part, double scale);

// A painting as the layer will hold it: in gray where it holds no colours.
raster::Pixels as_held(const Layer &layer, raster::Pixels painted);

// Nothing keeps the user from working on the image while it is being painted: whether what is painted of the layer still fits it.
bool fits_painting(const Layer &layer);

// Whether GIMP itself draws what is in the layer, from a text, a path or another file, so that it would lose what is painted there the next
// time it does.
bool is_drawn_by_gimp(GimpDrawable *drawable);

// Makes an ordinary layer of such a one, where this version of GIMP can.
void rasterize(GimpDrawable *drawable);

} // namespace plugin
