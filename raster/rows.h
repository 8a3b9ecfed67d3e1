// SPDX-License-Identifier: GPL-3.0-or-later
// What the readers and writers of picture files share.
#pragma once

#include "codecs.h"

namespace raster {

// Throws Failure: the file is of no kind that is read.
[[noreturn]] void refuse_kind(const std::string &path);

// Throws Failure when the picture has more than most_pixels.
void check_area(const std::string &path, Size size);

// `width` pixels of a picture to be written, from (x, y) on, in its format. May be called from several threads.
void write_row(const Written &picture, int x, int y, int width, void *to);

} // namespace raster
