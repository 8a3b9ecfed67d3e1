// SPDX-License-Identifier: GPL-3.0-or-later
// JPEG files, straight through libjpeg. GEGL's own operations for them cannot be used where files may be broken or disks full:
// the loader ends the whole process at an error and takes a file that was cut short for whole; the saver does not end when
// nothing more can be written.
#pragma once

#include <gegl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ref.h"

namespace raster {

constexpr int longest_jpeg_side = 65500; // pixels; libjpeg's own limit

struct JpegSize {
  int width, height;
};

// What the file's head says. Throws Error.
JpegSize jpeg_size(const std::string &path);

// The whole picture in the file's own format: Y', R'G'B' or CMYK of 8 bits in the space of its ICC profile. Adds a sentence to
// `notes` for what was not as it should be but did no great harm. Throws Error, also when it has more than `most_pixels`.
Ref<GeglBuffer> read_jpeg(const std::string &path, int64_t most_pixels, std::vector<std::string> &notes);

// Writes the buffer with 8 bits per component, gray when its format is, without alpha, with the ICC profile of its space.
// Returns why it could not, or nothing.
std::string write_jpeg(const std::string &path, GeglBuffer *buffer);

} // namespace raster
