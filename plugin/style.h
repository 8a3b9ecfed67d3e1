// SPDX-License-Identifier: GPL-3.0-or-later
// The style picture of a call: a file that GIMP can open, or a drawable of an image that is open.
#pragma once

#include <libgimp/gimp.h>

#include "raster/pixels.h"

namespace plugin {

// Adds the arguments style-source, style-file and style-drawable.
void add_style_arguments(GimpProcedure *procedure);

// Reads the style picture that the arguments name, reduced so that its longest side has at most `longest_side` pixels. A
// file's image is deleted again before this returns. Throws Failure when nothing is chosen, the file is missing or cannot
// be read, or nothing of the picture is visible.
raster::Pixels load_style(GimpProcedureConfig *config, int longest_side);

} // namespace plugin
