// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "raster/pixels.h"

namespace operation {

// Writes a painting that is as large as `whole` or smaller into the part `part` of the output, enlarged to the size of `whole` by bicubic
// interpolation (Keys 1981, a = -1/2; at the edges only the pixels that are there count) and with the alpha that the input has there.
// Throws std::bad_alloc when there is no memory for some rows of it.
void write_enlarged(const raster::Pixels &painting, const GeglRectangle &whole, GeglBuffer *input, GeglBuffer *output,
                    const GeglRectangle &part);

} // namespace operation
