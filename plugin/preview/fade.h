// SPDX-License-Identifier: GPL-3.0-or-later
// A painting over what it does not cover, as it will be in the layer.
#pragma once

#include <optional>

#include "plugin/layers/layers.h"
#include "plugin/layers/regions.h"
#include "raster/pixels.h"

namespace plugin {

// Which share of each place is painted with any style; nothing: all of it. `count`: of the styles, of which `regions` may have fewer.
std::optional<raster::Mask> coverage_of(const Regions &regions, size_t count);

// Of the part of the layer, in the drawable's own coordinates, which share is selected, in a size about the part's times `scale`; nothing:
// all of it.
std::optional<raster::Mask> selected_of(const Layer &layer, const GeglRectangle &part, double scale);

// The painting, of any size, where a share of 0..1 of it is seen over the picture; as large as that. Mixed as the core mixes what styles do
// not cover, or as GIMP does it at a selection, in linear light.
enum class Mix { coded, linear };
raster::Pixels fade(const raster::Pixels &painted, const raster::Pixels &over, const raster::Mask &share, Mix mix);

} // namespace plugin
