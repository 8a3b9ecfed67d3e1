// SPDX-License-Identifier: GPL-3.0-or-later
// TIFF files by libtiff. libvips mixes up the planes of gray, refuses planes in tiles and numbers of 10, 12, 14, 24 and 64 bits, and knows
// neither Lab in planes, ICC's Lab, YCbCr without JPEG, nor which of several pictures is the thumbnail.
#pragma once

#include <vips/vips.h>

#include <string>

#include "ref.h"

namespace raster {

// The picture that is no thumbnail, as libvips holds its pictures: gray, RGB or CMYK, then opacity, where the file has it, which is not
// premultiplied. Rows are decoded as they are asked for, which must be from the top to the bottom. Throws Failure when its kind of colours
// or compression cannot be read; returns null when it is damaged.
Ref<VipsImage> open_tiff(const std::string &path);

} // namespace raster
