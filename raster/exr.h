// SPDX-License-Identifier: GPL-3.0-or-later
// OpenEXR files.
#pragma once

#include <string>

#include "codecs.h"

namespace raster {

// As in Codecs. The picture is the display window: what the data window leaves of it is transparent or black, what lies outside is not
// read.
Size exr_size(const std::string &path);
Stored read_exr(const std::string &path);
std::string write_exr(const std::string &path, const Written &picture);

} // namespace raster
