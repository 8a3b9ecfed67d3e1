// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include <vector>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"

namespace raster {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

void refuse_kind(const std::string &path) {
  throw Failure(
      sentence(_("“%s” is not a picture of a kind Pastiche reads: PNG, JPEG, TIFF, WebP, OpenEXR, GIF, PGM or PPM."), shown(path).c_str()));
}

void check_area(const std::string &path, Size size) {
  if (int64_t{size.width} * size.height > most_pixels)
    throw Failure(sentence(_("“%s” has %d × %d pixels, more than the %d million that can be read."), shown(path).c_str(), size.width,
                           size.height, static_cast<int>(most_pixels / 1'000'000)));
}

void write_row(const Written &picture, int x, int y, int width, void *to) {
  const float *from = picture.pixels.rgba + (size_t{4} * picture.pixels.width * y + size_t{4} * x);
  std::vector<float> opaque;
  if (picture.on_white) {
    opaque.assign(from, from + size_t{4} * width);
    for (size_t i = 0; i < opaque.size(); i += 4) {
      const float alpha = opaque[i + 3];
      for (size_t c = 0; c < 3; c++)
        opaque[i + c] = opaque[i + c] * alpha + (1 - alpha);
      opaque[i + 3] = 1;
    }
    from = opaque.data();
  }
  babl_process(babl_fish(babl_format("R'G'B'A float"), picture.format), from, to, width);
}

} // namespace raster
