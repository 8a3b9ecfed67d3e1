// SPDX-License-Identifier: GPL-3.0-or-later
// EXIF, XMP and IPTC of a picture file.
#pragma once

#include <gexiv2/gexiv2.h>

#include <string>

#include "ref.h"

namespace raster {

class Metadata {
public:
  Metadata() = default;

  // What the file holds; nothing when it holds none or none that can be read.
  explicit Metadata(const std::string &path);

  // How the stored pixels are to be turned to stand upright: EXIF's 1 (they do) to 8.
  int orientation() const;

  // Whether the file says that its gray counts from white to black.
  bool zero_is_white() const;

  // Puts everything that still holds for an upright picture of width x height into the file, which holds such a picture already.
  // Returns false when the file's format has no room for it.
  bool write(const std::string &path, int width, int height);

private:
  Ref<GExiv2Metadata> data;
};

} // namespace raster
