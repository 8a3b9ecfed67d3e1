// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are a picture of the size that its head says, or are refused: what raster/ itself reads of PNM, PNG, TIFF and OpenEXR files,
// and all that libvips is asked for.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/failure.h"
#include "raster/picture.h"

const raster::Codecs &raster::codecs() { return pastiche_codecs; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::string path = "/tmp/pastiche-fuzz-" + std::to_string(getpid());
  [[maybe_unused]] static const bool prepared = [] {
    gegl_init(nullptr, nullptr);
    return std::atexit([] { std::remove(path.c_str()); }) == 0;
  }();
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file || std::fwrite(data, 1, size, file) != size || std::fclose(file) != 0)
    std::abort();
  try {
    const raster::Size promised = raster::size_of(path);
    if (int64_t{promised.width} * promised.height > 1 << 18)
      return 0; // only a matter of memory and time
    const raster::Picture picture = raster::load(path);
    if (picture.pixels.width != promised.width || picture.pixels.height != promised.height ||
        picture.pixels.rgba.size() != size_t{4} * static_cast<size_t>(promised.width) * static_cast<size_t>(promised.height))
      std::abort();
  } catch (const pastiche::Failure &) {
  }
  return 0;
}
