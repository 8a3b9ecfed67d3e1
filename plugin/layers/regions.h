// SPDX-License-Identifier: GPL-3.0-or-later
// Where on a layer each style is painted.
#pragma once

#include <optional>
#include <vector>

#include "layers.h"
#include "plugin/styles/style.h"
#include "raster/pixels.h"

namespace plugin {

// Of the masks that a whole layer is painted with. The same for the preview, so that it is painted alike.
constexpr int region_longest_side = 2048;

// Of the styles in their order; none: everywhere.
using Regions = std::vector<std::optional<raster::Mask>>;

// The styles' regions as masks over what is painted of the layer. A channel, the selection and a layer mask count as GIMP counts them
// when it selects with them; any other drawable with its luminance, coded for the eye, times its alpha; beside the drawable there is
// nothing. A drawable of another image is fitted to what is painted as a whole. A mask is read reduced so that its longest side has at most
// `longest_side` pixels, unless that is 0. Throws CallError when a region is gone or covers nothing of what is painted.
Regions read_regions(const Layer &layer, const std::vector<Style> &styles, int longest_side);

} // namespace plugin
