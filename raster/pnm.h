// SPDX-License-Identifier: GPL-3.0-or-later
// PBM, PGM and PPM files, plain and raw. libvips takes whatever follows the head up to the end of its line for a part of it, and leaves
// the samples as they are when they count to another number than 255 or 65535.
#pragma once

#include <string>

#include "codecs.h"

namespace raster {

// As in Codecs. Of several pictures in a file the first.
Size pnm_size(const std::string &path);
Stored read_pnm(const std::string &path);

} // namespace raster
