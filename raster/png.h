// SPDX-License-Identifier: GPL-3.0-or-later
// What a PNG says before its pixels that libvips passes over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "codecs.h"

namespace raster {

// Chunk cICP: code points of ITU-T H.273.
struct CodedColors {
  int primaries, transfer;
  bool is_full_rgb; // not YCbCr, and 0 is black
};

struct PngHead {
  std::optional<CodedColors> colors;
  const Babl *space = nullptr; // of the chunks gAMA and cHRM, when there is one; they do not hold beside sRGB or a profile
  bool is_animated = false;
  Credits credits;
};

PngHead png_head(const std::string &path);

} // namespace raster
