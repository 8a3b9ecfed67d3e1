// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "rows.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

using namespace std::literals;

struct Signature {
  std::string_view start;
  Kind kind;
};
constexpr std::array signatures{
    Signature{"\x89PNG\r\n\x1a\n"sv, Kind::png},
    Signature{"\xff\xd8\xff"sv, Kind::jpeg},
    Signature{"II*\0"sv, Kind::tiff},
    Signature{"MM\0*"sv, Kind::tiff},
    Signature{"II+\0"sv, Kind::tiff},
    Signature{"MM\0+"sv, Kind::tiff},
    Signature{"v/1\x01"sv, Kind::exr},
    Signature{"GIF8"sv, Kind::gif},
    Signature{"P1"sv, Kind::pnm},
    Signature{"P2"sv, Kind::pnm},
    Signature{"P3"sv, Kind::pnm},
    Signature{"P4"sv, Kind::pnm},
    Signature{"P5"sv, Kind::pnm},
    Signature{"P6"sv, Kind::pnm},
};

// What a picture is reduced by to have no side longer than asked for.
double scale_for(Size size, int longest_side) {
  const int longest = std::max(size.width, size.height);
  return longest_side > 0 && longest_side < longest ? static_cast<double>(longest_side) / longest : 1.0;
}

// Whether an EXIF orientation exchanges width and height: EXIF 2.32, table 6.
bool lies_on_its_side(int orientation) { return orientation >= 5; }

Size as_seen(Size stored, int orientation) { return lies_on_its_side(orientation) ? Size{stored.height, stored.width} : stored; }

// Whether it has the stored pixels' last column or row first: likewise.
bool is_from_right(int orientation) { return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8; }
bool is_from_bottom(int orientation) { return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7; }

// Where a part of the upright picture lies in the stored one.
Crop as_stored(const Crop &seen, Size stored, int orientation) {
  const bool sideways = lies_on_its_side(orientation);
  Crop crop = sideways ? Crop{seen.y, seen.x, seen.height, seen.width} : seen;
  if (is_from_right(orientation))
    crop.x = stored.width - crop.x - crop.width;
  if (is_from_bottom(orientation))
    crop.y = stored.height - crop.y - crop.height;
  return crop;
}

// babl takes CMYK without a profile for linear light, which makes it far too bright. As other programs do, its inks are taken for the
// complements of sRGB's values. Returns nothing for other pictures.
Ref<GeglBuffer> plain_cmyk(GeglBuffer *buffer) {
  const std::string_view encoding = babl_format_get_encoding(gegl_buffer_get_format(buffer));
  if (!encoding.starts_with("CMYK"))
    return nullptr;
  Ref<GeglBuffer> inks(gegl_buffer_new(gegl_buffer_get_extent(buffer), babl_format("RGBA float")));
  gegl_buffer_copy(buffer, nullptr, GEGL_ABYSS_NONE, inks.get(), nullptr);
  gegl_buffer_set_format(inks.get(), babl_format("R'G'B'A float")); // the samples stay as they are
  return inks;
}

// Turns stored pixels upright: EXIF 2.32, table 6, tag Orientation.
Pixels upright(Pixels stored, int orientation) {
  if (orientation == 1)
    return stored;
  const int w = stored.width, h = stored.height;
  Pixels turned;
  const bool sideways = lies_on_its_side(orientation);
  turned.width = sideways ? h : w;
  turned.height = sideways ? w : h;
  turned.rgba.resize(stored.rgba.size());
  const bool from_right = is_from_right(orientation), from_bottom = is_from_bottom(orientation);
  for (int y = 0; y < turned.height; y++)
    for (int x = 0; x < turned.width; x++) {
      const int across = sideways ? y : x, down = sideways ? x : y;
      const int from_x = from_right ? w - 1 - across : across, from_y = from_bottom ? h - 1 - down : down;
      const float *from = &stored.rgba[(static_cast<size_t>(from_y) * w + from_x) * 4];
      std::copy(from, from + 4, &turned.rgba[(static_cast<size_t>(y) * turned.width + x) * 4]);
    }
  return turned;
}

} // namespace

Kind kind_of(const std::string &path) {
  const std::string name = shown(path);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT)
      throw Failure(sentence(_("“%s” does not exist."), name.c_str()));
    throw Failure(sentence(_("“%s” cannot be opened: %s."), name.c_str(), std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode))
    throw Failure(sentence(_("“%s” is a folder, not a picture."), name.c_str()));
  if (!S_ISREG(status.st_mode))
    throw Failure(sentence(_("“%s” is not a file."), name.c_str()));

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Failure(sentence(_("“%s” cannot be opened: %s."), name.c_str(), std::strerror(errno)));
  char start[16] = {};
  file.read(start, sizeof start);
  const std::string_view head(start, static_cast<size_t>(file.gcount()));
  if (head.empty())
    throw Failure(sentence(_("“%s” is empty."), name.c_str()));
  if (head.starts_with("RIFF") && head.substr(std::min<size_t>(8, head.size())).starts_with("WEBP"))
    return Kind::webp;
  const bool is_canon_raw = head.starts_with("II*\0"sv) && head.substr(std::min<size_t>(8, head.size())).starts_with("CR");
  for (const Signature &signature : signatures)
    if (head.starts_with(signature.start) && !is_canon_raw)
      return signature.kind;
  refuse_kind(path);
}

Picture load(const std::string &path, int longest_side, double overview_side, const std::optional<Crop> &crop) {
  Stored stored = codecs().read(kind_of(path), path);
  Picture picture;
  picture.format = stored.format;
  picture.notes = std::move(stored.notes);
  picture.metadata = Metadata(path);
  picture.credits = picture.metadata.credits(stored.credits);
  const int orientation = picture.metadata.orientation(stored.orientation);
  picture.resolution = picture.metadata.resolution(stored.resolution);
  if (lies_on_its_side(orientation))
    std::swap(picture.resolution.x, picture.resolution.y);
  const char *encoding = babl_format_get_encoding(picture.format);
  if (!stored.has_colors && picture.metadata.is_adobe_rgb() && std::string_view(encoding).starts_with("R'G'B'")) {
    picture.format = babl_format_with_space(encoding, babl_space("Adobish"));
    gegl_buffer_set_format(stored.buffer.get(), picture.format); // the samples stay as they are
  }
  if (Ref<GeglBuffer> inks = plain_cmyk(stored.buffer.get()))
    stored.buffer = std::move(inks);
  const Size size{gegl_buffer_get_width(stored.buffer.get()), gegl_buffer_get_height(stored.buffer.get())};
  picture.size = as_seen(size, orientation);
  if (crop) {
    check_within(*crop, picture.size.width, picture.size.height, path);
    stored.buffer = cut(stored.buffer.get(), as_stored(*crop, size, orientation));
  }

  const GeglRectangle whole = *gegl_buffer_get_extent(stored.buffer.get());
  const double scale = scale_for({whole.width, whole.height}, longest_side);
  picture.pixels = upright(read(stored.buffer.get(), whole, scale), orientation);
  if (overview_side > 0)
    picture.overview = upright(read(stored.buffer.get(), whole, overview_scale(whole, overview_side)), orientation);
  return picture;
}

Size size_of(const std::string &path, int longest_side, const std::optional<Crop> &crop) {
  const StoredSize stored = codecs().size_of(kind_of(path), path);
  Size size = as_seen(stored.size, Metadata(path).orientation(stored.orientation));
  if (crop) {
    check_within(*crop, size.width, size.height, path);
    size = {crop->width, crop->height};
  }
  const double scale = scale_for(size, longest_side);
  return {scaled(size.width, scale), scaled(size.height, scale)};
}

} // namespace raster
