// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "raster/pixels.h"

namespace operation {

// The picture in a file, reduced so that no side is longer, by the program of readpicture.cpp. Throws pastiche::Failure.
raster::Pixels read_style(const std::string &path, int longest_side);

} // namespace operation
