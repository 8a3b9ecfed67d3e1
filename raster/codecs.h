// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files by libvips, those of OpenEXR by OpenEXR itself, and PNM files. In a library of its own, which is opened when the first
// picture is read or written: libvips brings a hundred other libraries along, which take longer to load than the rest of the program.
#pragma once

#include <gegl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/pastiche.h"
#include "kinds.h"
#include "ref.h"

namespace raster {

constexpr int64_t most_pixels = int64_t{1} << 29; // a picture that says it has more is not opened

struct Size {
  int width, height;
};

struct StoredSize {
  Size size;
  int orientation; // EXIF's; 0 where the file does not tell, or only in its metadata
};

// In dots per inch. Where it is unknown, EXIF 2.32 designates 72.
struct Resolution {
  double x = 72, y = 72;

  bool is_known() const { return x != 72 || y != 72; }
};

// Who made a picture and whose it is, where its file says so outside of EXIF, XMP and IPTC.
struct Credits {
  std::string author, copyright;
};

// A picture as it lies in its file.
struct Stored {
  Ref<GeglBuffer> buffer;       // colour space (profile), gray or colour, alpha or not, as in the file
  const Babl *format = nullptr; // the buffer's, but with the depth of the file
  bool has_colors = false;      // the file tells its colour space
  int orientation = 0;          // as in StoredSize
  Resolution resolution;
  Credits credits;
  std::vector<std::string> notes; // translated sentences on what was not as it should be
};

// A picture to be written.
struct Written {
  pastiche_image pixels;
  const Babl *format; // what its pixels become: R'G'B', R'G'B'A, Y' or Y'A; in OpenEXR RGB, RaGaBaA, Y or YaA
  bool on_white;      // transparent pixels are put on white
  Resolution resolution;
  Credits credits;
};

struct Codecs {
  // As stored, without decoding the pixels. Throws Failure.
  StoredSize (*size_of)(Kind kind, const std::string &path);

  // Throws Failure, also when the picture has more than most_pixels.
  Stored (*read)(Kind kind, const std::string &path);

  // Returns why it could not, or nothing.
  std::string (*write)(Kind kind, const std::string &path, const Written &picture);
};

// Opens the library once. Throws Failure when it cannot be opened.
const Codecs &codecs();

} // namespace raster

extern "C" __attribute__((visibility("default"))) const raster::Codecs pastiche_codecs; // what the library has
