// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "complaints.h"
#include "core/i18n.h"
#include "error.h"
#include "gif.h"
#include "jpeg.h"
#include "png.h"
#include "sentence.h"
#include "webp.h"

namespace raster {
namespace {

using namespace std::literals;

enum class Kind { png, jpeg, tiff, webp, exr, gif, pnm };

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
    Signature{"P2"sv, Kind::pnm},
    Signature{"P3"sv, Kind::pnm},
    Signature{"P5"sv, Kind::pnm},
    Signature{"P6"sv, Kind::pnm},
};

const char *loader_of(Kind kind) {
  switch (kind) {
  case Kind::png:
    return "gegl:png-load";
  case Kind::jpeg:
    return nullptr; // jpeg.h
  case Kind::tiff:
    return "gegl:tiff-load";
  case Kind::webp:
    return "gegl:webp-load";
  case Kind::exr:
    return "gegl:exr-load";
  case Kind::gif:
    return "gegl:gif-load";
  case Kind::pnm:
    return "gegl:ppm-load";
  }
  return nullptr;
}

// A file that could be opened, and what can be said of it without decoding it.
struct Source {
  std::string path;
  std::string name; // for sentences
  Kind kind;
  uint64_t bytes;
};

[[noreturn]] void fail_as_damaged(const Source &source) { throw Error(sentence(_("“%s” is damaged or cut short."), source.name.c_str())); }

Source open(const std::string &path) {
  const std::string name = shown(path);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT)
      throw Error(sentence(_("“%s” does not exist."), name.c_str()));
    throw Error(sentence(_("“%s” cannot be opened: %s."), name.c_str(), std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode))
    throw Error(sentence(_("“%s” is a folder, not a picture."), name.c_str()));
  if (!S_ISREG(status.st_mode))
    throw Error(sentence(_("“%s” is not a file."), name.c_str()));

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(sentence(_("“%s” cannot be opened: %s."), name.c_str(), std::strerror(errno)));
  char start[16] = {};
  file.read(start, sizeof start);
  const std::string_view head(start, static_cast<size_t>(file.gcount()));
  const auto bytes = static_cast<uint64_t>(status.st_size);
  if (bytes == 0)
    throw Error(sentence(_("“%s” is empty."), name.c_str()));
  if (head.starts_with("RIFF") && head.substr(std::min<size_t>(8, head.size())).starts_with("WEBP"))
    return {path, name, Kind::webp, bytes};
  for (const Signature &signature : signatures)
    if (head.starts_with(signature.start))
      return {path, name, signature.kind, bytes};
  throw Error(
      sentence(_("“%s” is not a picture of a kind Pastiche reads: PNG, JPEG, TIFF, WebP, OpenEXR, GIF, PGM or PPM."), name.c_str()));
}

// GEGL fills what is missing at the end of these with nothing and does not say so.
void check_that_it_is_whole(const Source &source) {
  bool whole = true;
  if (source.kind == Kind::png)
    whole = png_is_whole(source.path);
  if (source.kind == Kind::webp)
    whole = webp_is_whole(source.path);
  if (source.kind == Kind::gif)
    whole = gif_frame_is_whole(source.path);
  if (!whole)
    fail_as_damaged(source);
}

void check_size(const Source &source, int width, int height) {
  if (int64_t{width} * height > most_pixels)
    throw Error(sentence(_("“%s” has %d × %d pixels, more than the %d million that can be read."), source.name.c_str(), width, height,
                         static_cast<int>(most_pixels / 1'000'000)));
}

bool is_about_the_profile(const std::string &complaint) { return complaint.find("icc") != std::string::npos; }

// GEGL's operation that reads the file.
GeglNode *make_loader(GeglNode *graph, const Source &source) {
  return gegl_node_new_child(graph, "operation", loader_of(source.kind), "path", source.path.c_str(), nullptr);
}

Size stored_size(GeglNode *loader, const Source &source) {
  const GeglRectangle size = gegl_node_get_bounding_box(loader);
  if (size.width < 1 || size.height < 1)
    fail_as_damaged(source);
  check_size(source, size.width, size.height);
  return {size.width, size.height};
}

// What a picture is reduced by to have no side longer than asked for.
double scale_for(Size size, int longest_side) {
  const int longest = std::max(size.width, size.height);
  return longest_side > 0 && longest_side < longest ? static_cast<double>(longest_side) / longest : 1.0;
}

// Whether an EXIF orientation exchanges width and height: EXIF 2.32, table 6.
bool lies_on_its_side(int orientation) { return orientation >= 5; }

Ref<GeglBuffer> decode(const Source &source, std::vector<std::string> &notes) {
  if (source.kind == Kind::jpeg)
    return read_jpeg(source.path, most_pixels, notes);

  Complaints complaints;
  const Ref<GeglNode> graph(gegl_node_new());
  GeglNode *loader = make_loader(graph.get(), source);
  const Size size = stored_size(loader, source);

  GeglBuffer *decoded = nullptr;
  GeglNode *sink = gegl_node_new_child(graph.get(), "operation", "gegl:buffer-sink", "buffer", &decoded, "format", nullptr, nullptr);
  gegl_node_link(loader, sink);
  gegl_node_process(sink);
  Ref<GeglBuffer> buffer(decoded);

  bool profile_is_unusable = false;
  for (const std::string &complaint : complaints.heard())
    if (is_about_the_profile(complaint))
      profile_is_unusable = true;
    else
      fail_as_damaged(source);
  if (!buffer)
    fail_as_damaged(source);
  if (source.kind == Kind::webp) {
    const WebpProfile profile = webp_profile(source.path);
    profile_is_unusable = profile.unusable;
    const char *encoding = babl_format_get_encoding(gegl_buffer_get_format(buffer.get()));
    gegl_buffer_set_format(buffer.get(), babl_format_with_space(encoding, profile.space)); // the samples stay as they are
  }
  if (profile_is_unusable)
    notes.push_back(sentence(_("The colour profile of “%s” cannot be used; its colours are taken for sRGB."), source.name.c_str()));

  // Even as plain text a sample takes as many bytes as in memory.
  const auto bytes_per_pixel = static_cast<uint64_t>(babl_format_get_bytes_per_pixel(gegl_buffer_get_format(buffer.get())));
  if (source.kind == Kind::pnm && source.bytes < bytes_per_pixel * static_cast<uint64_t>(size.width) * static_cast<uint64_t>(size.height))
    fail_as_damaged(source);
  return buffer;
}

// babl takes CMYK without a profile for linear light, which makes it far too bright. As other programs do, its inks are taken for the
// complements of sRGB's values. Returns nothing for other pictures.
Ref<GeglBuffer> plain_cmyk(GeglBuffer *buffer) {
  const Babl *format = gegl_buffer_get_format(buffer);
  const std::string_view encoding = babl_format_get_encoding(format);
  if (babl_space_is_cmyk(babl_format_get_space(format)) || !(encoding.starts_with("CMYK") || encoding.starts_with("cmyk")))
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
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
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

Picture load(const std::string &path, int longest_side, double overview_side) {
  const Source source = open(path);
  check_that_it_is_whole(source);
  Picture picture;
  Ref<GeglBuffer> buffer = decode(source, picture.notes);
  picture.format = gegl_buffer_get_format(buffer.get());
  picture.metadata = Metadata(path);
  if (Ref<GeglBuffer> inks = plain_cmyk(buffer.get()))
    buffer = std::move(inks);

  const GeglRectangle whole = *gegl_buffer_get_extent(buffer.get());
  const double scale = scale_for({whole.width, whole.height}, longest_side);
  const auto read_upright = [&](double reduced) {
    Pixels pixels = upright(read(buffer.get(), whole, reduced), picture.metadata.orientation());
    // GEGL 0.4 does not know that a gray TIFF may count from white.
    if (source.kind == Kind::tiff && babl_format_get_n_components(picture.format) <= 2 && picture.metadata.zero_is_white())
      for (size_t i = 0; i < pixels.rgba.size(); i++)
        if (i % 4 != 3)
          pixels.rgba[i] = 1 - pixels.rgba[i];
    return pixels;
  };
  picture.pixels = read_upright(scale);
  if (overview_side > 0)
    picture.overview = read_upright(overview_scale(whole, overview_side));
  return picture;
}

Size size_of(const std::string &path, int longest_side) {
  const Source source = open(path);
  Size stored{};
  if (source.kind == Kind::jpeg) {
    const JpegSize size = jpeg_size(path);
    check_size(source, size.width, size.height);
    stored = {size.width, size.height};
  } else {
    Complaints complaints; // unheard: load() tells what is wrong
    const Ref<GeglNode> graph(gegl_node_new());
    stored = stored_size(make_loader(graph.get(), source), source);
  }
  const double scale = scale_for(stored, longest_side);
  const Size read{scaled(stored.width, scale), scaled(stored.height, scale)};
  return lies_on_its_side(Metadata(path).orientation()) ? Size{read.height, read.width} : read;
}

std::vector<std::string> missing_operations() {
  std::vector<const char *> needed{"gegl:buffer-source", "gegl:buffer-sink", "gegl:png-save",
                                   "gegl:tiff-save",     "gegl:webp-save",   "gegl:exr-save"};
  for (const Kind kind : {Kind::png, Kind::tiff, Kind::webp, Kind::exr, Kind::gif, Kind::pnm})
    needed.push_back(loader_of(kind));
  std::vector<std::string> missing;
  for (const char *operation : needed)
    if (!gegl_has_operation(operation))
      missing.emplace_back(operation);
  return missing;
}

} // namespace raster
