// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures from files, without GIMP.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codecs.h"
#include "crop.h"
#include "kinds.h"
#include "metadata.h"
#include "pixels.h"

namespace raster {

struct Picture {
  Pixels pixels;                  // upright, whatever the file's EXIF orientation
  Size size;                      // of the upright picture, all of it, before it is reduced
  Pixels overview;                // the same, reduced to about overview_side² pixels; empty when that was not asked for
  const Babl *format = nullptr;   // the file's own: colour space (profile), gray or colour, alpha or not, depth
  Metadata metadata;              // as in the file
  Resolution resolution;          // of the upright picture
  Credits credits;                // of the metadata, or of the file otherwise
  std::vector<std::string> notes; // translated sentences on what was not as it should be, but could be read
};

// Reads a PNG, JPEG, TIFF, WebP, OpenEXR, GIF or PNM file, told by its contents and not by its name; of several pictures in it the first,
// with a note. With `longest_side` above 0 a larger picture is read reduced to it, well filtered; it never enlarges. With a `crop` it is
// read as if there were no more of it than that. GEGL must have been initialised. Throws Failure, also when the crop does not lie within
// the picture, and std::bad_alloc when there is no memory for it.
Picture load(const std::string &path, int longest_side = 0, double overview_side = 0, const std::optional<Crop> &crop = {});

// What kind of file it is, by its contents. Throws Failure when it is none that load() reads.
Kind kind_of(const std::string &path);

// The size that load() would read the picture at, without decoding it. Throws Failure, though not for all that load() finds wrong.
Size size_of(const std::string &path, int longest_side = 0, const std::optional<Crop> &crop = {});

} // namespace raster
