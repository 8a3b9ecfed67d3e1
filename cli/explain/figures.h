// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of what the network sees.
#pragma once

#include <vector>

#include "raster/pixels.h"

namespace cli {

// Of a layer's channels the ones whose maps differ most from place to place, at most `most`, the liveliest first.
std::vector<int> liveliest_channels(const pastiche_layer &layer, size_t most);

// The maps of these channels in rows of four, each from black (0) to white (its own largest value). What is negative, which there is only
// before a ReLU, is black.
raster::Pixels channel_grid(const pastiche_layer &layer, const std::vector<int> &channels);

// The Gram matrix, row 0 on top: black where a product is 0, over purple and orange to white where it is `largest` or more; blue where it
// is negative. Coded by the square root, without which a few channels would be all that is seen.
raster::Pixels heat_map(const pastiche_layer &layer, float largest);

float largest_product(const pastiche_layer &layer);

// Where paint was taken from (pastiche_result_places): red grows from left to right, green from top to bottom; white where nothing was
// painted. And the same of all places of a style of this size, to read it by.
raster::Pixels places_map(const pastiche_image &places);
raster::Pixels places_key(int width, int height);

// Some patches of a painting and where each was taken from in its style: both pictures pale, with squares of the same colour around them.
struct Patches {
  raster::Pixels painting, style;
};
Patches patches(const pastiche_image &painting, const pastiche_image &style, const pastiche_image &places);

} // namespace cli
