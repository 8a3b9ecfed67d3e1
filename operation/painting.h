// SPDX-License-Identifier: GPL-3.0-or-later
// A picture painted in the style of a file, in one go and without optimisation, by the engine. What was painted is kept for a while, and
// not painted again.
#pragma once

#include <memory>
#include <string>

#include "raster/pixels.h"

namespace operation {

// What the painting of a picture depends on, beside its pixels.
struct Settings {
  std::string style; // a picture file
  pastiche_options options;
};

// The part `area` of the buffer, painted; reduced, so that its longest side has options.size pixels at most. Opens the engine when there is
// something to paint for the first time. From any thread; one painting at a time. Throws pastiche::Failure when the engine is missing, or
// the style cannot be read.
std::shared_ptr<const raster::Pixels> painting_of(GeglBuffer *buffer, const GeglRectangle &area, const Settings &settings);

} // namespace operation
