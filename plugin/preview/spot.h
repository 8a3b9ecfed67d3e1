// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a picture painted alone, so that one sees pixel by pixel what the painting of the whole will look like there.
#pragma once

#include <optional>

#include "core/pastiche.h"
#include "plugin/layers/regions.h"
#include "plugin/run/painter.h"
#include "resample.h"

namespace plugin {

// A picture as it is painted: reduced to the option `size`.
struct Working {
  int width, height;
  double scale; // of its pixels to the layer's; at most 1

  Working(const GeglRectangle &area, int size);
};

// The part of the area to paint that is looked at, in the layer's pixels.
struct Spot {
  int x, y, width, height;
};

// The spot of at most this size around a place of the picture (0..1), inside of it.
Spot find_spot(const GeglRectangle &area, double x, double y, int most_width, int most_height);

// The same part of a picture of another size that shows the whole.
Part find_part(const Spot &spot, const GeglRectangle &area, const raster::Pixels &whole);

// What to paint at a spot; nothing where no style's region reaches. `content`: its pixels. `whole`: the painting of the whole in small,
// which the spot's goes on from, or null. `regions`: of the styles over the whole. The strokes get the size that they have in the whole,
// and only the scales finer than `whole` are painted. What comes out is enlarged as the whole will be.
std::optional<Order> order_spot(raster::Pixels content, const Spot &spot, const GeglRectangle &area, const Working &working,
                                const raster::Pixels *whole, const std::vector<Style> &styles, const Regions &regions,
                                std::shared_ptr<Options> options);

// A spot alone would get all of the style's colours, and shapes of its own. Reduced to the size of its part in `whole`, it becomes what is
// seen there.
void follow_whole(raster::Pixels &painted, const Part &part, const raster::Pixels &whole);

} // namespace plugin
