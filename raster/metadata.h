// SPDX-License-Identifier: GPL-3.0-or-later
// EXIF, XMP and IPTC of a picture file.
#pragma once

#include "gexiv2.h"

#include <string>

#include "codecs.h"
#include "ref.h"

namespace raster {

class Metadata {
public:
  Metadata() = default;

  // What the file holds; nothing when it holds none or none that can be read.
  explicit Metadata(const std::string &path);

  // How the stored pixels are to be turned to stand upright: EXIF's 1 (they do) to 8. Without metadata what else is known, of which 0
  // is nothing.
  int orientation(int otherwise) const;

  // Whether EXIF says that the colours are those of Adobe RGB (1998): DCF 2.0, 3.2.
  bool is_adobe_rgb() const;

  // EXIF's, where nothing else is known.
  Resolution resolution(const Resolution &otherwise) const;

  // Who made the picture and whose it is, of EXIF, XMP or IPTC; what they do not say is as in `otherwise`.
  Credits credits(const Credits &otherwise) const;

  // Puts everything that still holds for an upright picture into the file, which holds such a picture already, in sRGB or not. Returns
  // false when the file's format has no room for it.
  bool write(const std::string &path, const Written &picture, bool is_srgb);

private:
  Ref<GExiv2Metadata> data;
};

} // namespace raster
