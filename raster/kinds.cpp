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

} // namespace

std::optional<Kind> kind_by_name(const std::string &path) {
  const std::string ending = std::filesystem::path(path).extension();
  for (const Ending &known : endings)
    if (g_ascii_strcasecmp(ending.c_str(), known.name) == 0)
      return known.kind;
  return {};
}

const char *ending_of(Kind kind) { return std::ranges::find(endings, kind, &Ending::kind)->name; }

bool is_written(Kind kind) { return kind != Kind::gif && kind != Kind::pnm; }

} // namespace raster
