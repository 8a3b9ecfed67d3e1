// SPDX-License-Identifier: GPL-3.0-or-later
// The program that reads a style picture for the operation, as GIMP too reads files in processes of their own: neither a damaged file nor a
// library for files can then do harm to GIMP, and libvips, which sets variables in the environment, is not loaded there.
//
// pastiche-read-picture FILE LONGEST-SIDE writes width and height (int32_t) to its standard output, and the pixels as raster::Pixels has
// them; where it cannot read the file, two zeros and a translated sentence.
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "base/i18n.h"
#include "raster/picture.h"

namespace {

void write(int32_t width, int32_t height, const void *data, size_t bytes) {
  const int32_t size[] = {width, height};
  if (std::fwrite(size, sizeof size, 1, stdout) != 1 || std::fwrite(data, 1, bytes, stdout) != bytes || std::fflush(stdout) != 0)
    std::exit(EXIT_FAILURE);
}

} // namespace

int main(int argc, char **argv) {
  std::setlocale(LC_ALL, "");
  std::setlocale(LC_NUMERIC, "C");
  pastiche::bind_translations();
  if (argc != 3)
    return EXIT_FAILURE;
  try {
    gegl_init(nullptr, nullptr);
    const raster::Pixels pixels = raster::load(argv[1], std::atoi(argv[2])).pixels;
    write(pixels.width, pixels.height, pixels.rgba.data(), pixels.rgba.size() * sizeof(float));
    gegl_exit();
  } catch (const std::exception &failure) {
    const std::string sentence = pastiche::reason_of(failure);
    write(0, 0, sentence.data(), sentence.size());
  }
  return EXIT_SUCCESS;
}
