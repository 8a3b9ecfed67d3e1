// SPDX-License-Identifier: GPL-3.0-or-later
#include "kinds.h"

#include <glib.h>

#include <algorithm>
#include <filesystem>

namespace raster {
namespace {

struct Ending {
  const char *name;
  Kind kind;
};
constexpr Ending endings[] = {
    {".png", Kind::png},   {".apng", Kind::png}, {".jpg", Kind::jpeg},  {".jpeg", Kind::jpeg}, {".jpe", Kind::jpeg},
    {".jfif", Kind::jpeg}, {".tif", Kind::tiff}, {".tiff", Kind::tiff}, {".webp", Kind::webp}, {".exr", Kind::exr},
    {".gif", Kind::gif},   {".pnm", Kind::pnm},  {".pbm", Kind::pnm},   {".pgm", Kind::pnm},   {".ppm", Kind::pnm},
};

constexpr const char *foreign_endings[] = {
    ".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw",
    ".srf",  ".sr2",  ".orf", ".rw2",  ".raf", ".pef", ".srw", ".3fr", ".iiq", ".x3f", ".raw", ".bmp", ".tga", ".psd",
    ".psb",  ".xcf",  ".kra", ".ora",  ".svg", ".pam", ".pfm", ".hdr", ".ico", ".qoi", ".dds", ".pcx", ".sgi",
};

std::string ending_in(const std::string &path) { return std::filesystem::path(path).extension(); }

} // namespace

std::optional<Kind> kind_by_name(const std::string &path) {
  const std::string ending = ending_in(path);
  for (const Ending &known : endings)
    if (g_ascii_strcasecmp(ending.c_str(), known.name) == 0)
      return known.kind;
  return {};
}

bool is_foreign(const std::string &path) {
  return std::ranges::any_of(foreign_endings,
                             [ending = ending_in(path)](const char *foreign) { return g_ascii_strcasecmp(ending.c_str(), foreign) == 0; });
}

const char *ending_of(Kind kind) { return std::ranges::find(endings, kind, &Ending::kind)->name; }

bool is_written(Kind kind) { return kind != Kind::gif && kind != Kind::pnm; }

} // namespace raster
