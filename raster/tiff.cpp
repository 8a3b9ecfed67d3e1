// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace raster {
namespace {

constexpr int most_directories = 64; // enough to tell; a damaged file may have any number

template <class T> T tag(TIFF *file, uint32_t name, T otherwise) {
  T value = otherwise;
  return TIFFGetField(file, name, &value) ? value : otherwise;
}

// Whether the directory holds what a sensor saw: DNG 1.7, chapter 2, and what cameras call their own compressions.
bool is_of_sensor(TIFF *file) {
  constexpr uint16_t linear_raw = 34892, nikon = 34713, pentax = 65535, sony = 32767, samsung = 32770, kodak = 65000;
  const auto colors = tag<uint16_t>(file, TIFFTAG_PHOTOMETRIC, 0), compression = tag<uint16_t>(file, TIFFTAG_COMPRESSION, 0);
  if (colors == PHOTOMETRIC_CFA || colors == linear_raw)
    return true;
  for (const uint16_t of_camera : {nikon, pentax, sony, samsung, kodak})
    if (compression == of_camera)
      return true;
  return false;
}

// Those of the directories below the present one.
bool has_sensor_below(TIFF *file) {
  uint16_t count = 0;
  const uint64_t *offsets = nullptr;
  if (!TIFFGetField(file, TIFFTAG_SUBIFD, &count, &offsets))
    return false;
  const tdir_t here = TIFFCurrentDirectory(file);
  const std::vector<uint64_t> places(offsets, offsets + std::min<int>(count, most_directories));
  bool found = false;
  for (const uint64_t place : places)
    found |= TIFFSetSubDirectory(file, place) && is_of_sensor(file);
  return !TIFFSetDirectory(file, here) || found;
}

} // namespace

TiffHead tiff_head(const std::string &path) {
  TiffHead head;
  const std::unique_ptr<TIFF, decltype(&TIFFClose)> file(TIFFOpen(path.c_str(), "rm"), TIFFClose); // m: not mapped into memory
  if (!file)
    return head;
  const auto compression = tag<uint16_t>(file.get(), TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  if (!TIFFIsCODECConfigured(compression))
    head.unknown_compression = compression;
  uint16_t count = 0;
  const uint16_t *meanings = nullptr;
  if (TIFFGetField(file.get(), TIFFTAG_EXTRASAMPLES, &count, &meanings))
    for (int i = count - 1; i >= 0; i--)
      if (meanings[i] == EXTRASAMPLE_ASSOCALPHA || meanings[i] == EXTRASAMPLE_UNASSALPHA)
        head.opacity = i;
  const uint8_t *version = nullptr;
  head.is_raw = TIFFGetField(file.get(), TIFFTAG_DNGVERSION, &version);
  for (int i = 0; i < most_directories && !head.is_raw; i++) {
    head.is_raw = is_of_sensor(file.get()) || has_sensor_below(file.get());
    if (!(tag<uint32_t>(file.get(), TIFFTAG_SUBFILETYPE, 0) & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)))
      head.pictures++;
    if (!TIFFReadDirectory(file.get()))
      break;
  }
  return head;
}

} // namespace raster
