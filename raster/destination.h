// SPDX-License-Identifier: GPL-3.0-or-later
// Where a painted picture goes.
#pragma once

#include <string>
#include <vector>

#include "picture.h"

namespace raster {

// A picture file that is to be written. What can be found wrong with it is found when it is made, before any work is done.
class Destination {
public:
  // The kind of file is told by the name's ending: .png, .jpg, .jpeg, .tif, .tiff, .webp or .exr. Throws Failure when the ending is
  // another, the folder is missing or cannot be written to, or the path is a folder itself.
  explicit Destination(const std::string &path);

  // Throws Failure when the file's kind has no room for so large a picture.
  void check_size(int width, int height) const;

  // Writes the pixels in the manner of the picture they were painted from: its colour profile when that is one for RGB (where 8 bits are
  // written of a linear one, with sRGB's curve), else, and in OpenEXR, sRGB; its depth where the kind of file has it (PNG 8 or 16 bits;
  // JPEG and WebP 8; TIFF every depth but half, which becomes float; OpenEXR half or float); its alpha, or composed on white in a JPEG; its
  // resolution; its EXIF, XMP and IPTC with the orientation set to upright. In colour, or with `gray` in the gray of sRGB. The file appears
  // under its name when it is whole; on Failure nothing is left and what was there before stays. Returns sentences on what could not be
  // kept.
  std::vector<std::string> save(const pastiche_image &pixels, Picture &content, bool gray) const;

private:
  std::string given; // as the user wrote it, for sentences
  std::string path;  // with symbolic links followed
  Kind kind;
};

} // namespace raster
