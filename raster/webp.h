// SPDX-License-Identifier: GPL-3.0-or-later
// What GEGL's WebP loader does not look after.
#pragma once

#include <babl/babl.h>

#include <string>

namespace raster {

// Whether the file is as long as it says it is. GEGL leaves what is missing black and does not tell.
bool webp_is_whole(const std::string &path);

struct WebpProfile {
  const Babl *space = nullptr; // null without a usable profile, which stands for sRGB
  bool unusable = false;
};

// The embedded ICC profile, which GEGL 0.4 passes over. The file must be whole.
WebpProfile webp_profile(const std::string &path);

} // namespace raster
