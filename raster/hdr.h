// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "codecs.h"
#include "png.h"

namespace raster {

// Takes the picture's samples for what its code points say: changes the buffer's space, or, where the picture has a high dynamic range,
// the buffer, with a note. `name` is for sentences.
void take_coded_colors(Stored &stored, CodedColors colors, const std::string &name);

} // namespace raster
