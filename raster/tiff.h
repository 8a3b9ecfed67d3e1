// SPDX-License-Identifier: GPL-3.0-or-later
// What a TIFF's tags say that libvips does not tell.
#pragma once

#include <string>

namespace raster {

struct TiffHead {
  bool is_raw = false;         // of a camera: its picture is a thumbnail, or nothing
  int pictures = 0;            // but for thumbnails and masks
  int opacity = -1;            // which of the extra samples it is, from 0; -1: none
  int unknown_compression = 0; // of the first picture, when it cannot be decoded
};

TiffHead tiff_head(const std::string &path);

} // namespace raster
