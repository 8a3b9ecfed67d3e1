// SPDX-License-Identifier: GPL-3.0-or-later
// What GEGL's GIF loader does not look after.
#pragma once

#include <string>

namespace raster {

// Whether the first frame is there to its end. GEGL leaves what is missing transparent and does not tell.
bool gif_frame_is_whole(const std::string &path);

} // namespace raster
