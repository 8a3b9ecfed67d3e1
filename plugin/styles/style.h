// SPDX-License-Identifier: GPL-3.0-or-later
// The style pictures of a call: files that GIMP can open, or drawables of images that are open.
#pragma once

#include <libgimp/gimp.h>

#include <optional>
#include <string>
#include <vector>

#include "museums/credit.h"
#include "raster/codecs.h"
#include "raster/pixels.h"

namespace plugin {

struct Style {
  std::string name; // of the file without its ending, or of the drawable
  raster::Pixels picture;
  raster::Size size{}; // of all of the picture as it is seen, neither cropped nor reduced
  double weight = 1;
  bool cropped = false;             // by the call: it is used to its very edges
  GimpDrawable *region = nullptr;   // says softly where the style is painted (regions.h); null: everywhere
  std::vector<std::string> notes{}; // translated sentences on what was not as it should be in its file, but could be read
  std::optional<museums::Credit> credit{};
};

// A style picture is looked at about as large as the content; more pixels only cost memory.
constexpr int style_longest_side = 2048;

// How many styles one call takes.
constexpr int most_styles = 4;

// The name of the first style's argument ("style-file") as the style number `number`, from 1, has it: style-file, style-file-2, …
std::string style_argument(const char *name, int number);

// Adds the arguments: style-source, style-file, style-drawable, style-share, style-crop, style-region for the first style and the
// same but style-source with -N for the others, which count when a file or a drawable is set; a file goes before a drawable.
void add_style_arguments(GimpProcedure *procedure);

// Reads the style pictures that the arguments name, each reduced so that its longest side has at most `longest_side` pixels. A file's
// image is deleted again before this returns. Throws CallError when none is chosen, a file is missing or cannot be read, a crop is none
// or not within its picture, nothing of a picture is visible, or all weights are zero.
std::vector<Style> load_styles(GimpProcedureConfig *config, int longest_side);

// One of them, as above, or all of its picture, whatever its crop. Throws CallError also when the arguments do not name it.
Style load_style(GimpProcedureConfig *config, int number, int longest_side, bool whole = false);

} // namespace plugin
