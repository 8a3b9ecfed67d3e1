// SPDX-License-Identifier: GPL-3.0-or-later
// What GEGL's PNG operations do not look after.
#pragma once

#include <string>

namespace raster {

// Whether the file's chunks are all there, to the closing one. GEGL does not tell when a write failed, and libpng complains to
// the terminal when a file is cut short.
bool png_is_whole(const std::string &path);

// Takes the gAMA chunk out of a PNG that has an ICC profile. GEGL 0.4 writes 2.2 there where the standard wants 1/2.2; programs
// that look at it before the profile would show the picture black. Returns false when the file could not be written.
bool drop_gamma_beside_profile(const std::string &path);

} // namespace raster
