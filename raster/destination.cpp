// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination.h"

#include <algorithm>
#include <optional>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;
using pastiche::target_of;
using pastiche::Workspace;

constexpr int longest_jpeg_side = 65500, longest_webp_side = 16383; // pixels; libjpeg's limit, and WebP's own

bool is_gray(const Babl *format) { return babl_format_get_n_components(format) <= 2; }

// The space of an RGB profile; null, which is sRGB, for those of gray and CMYK pictures.
const Babl *rgb_space_of(const Babl *format) {
  const Babl *space = babl_format_get_space(format);
  return babl_space_is_gray(space) || babl_space_is_cmyk(space) || is_gray(format) ? nullptr : space;
}

std::string depth_of(const Babl *format) {
  const std::string type = babl_get_name(babl_format_get_type(format, 0));
  for (const char *known : {"u8", "u16", "u32", "half", "float", "double"})
    if (type == known)
      return type;
  return "float";
}

bool is_opaque(const pastiche_image &pixels) {
  const size_t count = size_t{4} * pixels.width * pixels.height;
  for (size_t i = 3; i < count; i += 4)
    if (pixels.rgba[i] < 1)
      return false;
  return true;
}

Kind kind_named_by(const std::string &path) {
  const std::optional<Kind> kind = kind_by_name(path);
  if (!kind || !is_written(*kind))
    throw Failure(sentence(_("The name “%s” does not tell what kind of file to write; it must end in .png, .jpg, .tif, .webp or .exr."),
                           shown(path).c_str()));
  return *kind;
}

} // namespace

Destination::Destination(const std::string &path) : given(shown(path)), path(target_of(path)), kind(kind_named_by(path)) {
  const Workspace probe(this->path); // tells whether the folder can be written to
}

void Destination::check_size(int width, int height) const {
  const int longest = kind == Kind::jpeg ? longest_jpeg_side : kind == Kind::webp ? longest_webp_side : INT32_MAX;
  if (std::max(width, height) > longest)
    throw Failure(sentence(_("A picture of %d × %d pixels does not fit into “%s”: this kind of file ends at %d pixels a side."), width,
                           height, given.c_str(), longest));
}

std::vector<std::string> Destination::save(const pastiche_image &pixels, Picture &content, bool gray) const {
  std::vector<std::string> notes;
  const bool has_alpha = babl_format_has_alpha(content.format);
  const bool keep_alpha = has_alpha && kind != Kind::jpeg;
  if (has_alpha && !keep_alpha && !is_opaque(pixels))
    notes.push_back(sentence(_("A JPEG cannot be transparent: “%s” was put on white."), given.c_str()));

  const std::string depth = depth_of(content.format);
  const bool deep = depth != "u8";
  const bool linear = kind == Kind::exr;
  std::string encoding = gray ? (linear ? "Y" : "Y'") : (linear ? "RGB" : "R'G'B'");
  if (keep_alpha)
    encoding = linear ? (gray ? "YaA" : "RaGaBaA") : encoding + "A";
  switch (kind) {
  case Kind::png:
    encoding += deep ? " u16" : " u8";
    break;
  case Kind::tiff:
    encoding += depth == "half" ? " float" : " " + depth;
    break;
  case Kind::exr:
    encoding += depth == "u8" || depth == "half" ? " half" : " float";
    break;
  default:
    encoding += " u8";
  }
  const Babl *space = gray || linear ? nullptr : rgb_space_of(content.format);
  if (space && encoding.ends_with(" u8") && babl_space_with_trc(space, babl_trc("linear")) == space)
    space = babl_space_with_trc(space, babl_trc("sRGB")); // 8 bits of linear light leave the shadows in a few steps
  const Written picture{pixels, babl_format_with_space(encoding.c_str(), space), has_alpha && !keep_alpha, content.resolution,
                        content.credits};

  Workspace workspace(path);
  const std::string &file = workspace.file();
  const auto write_pixels = [&] {
    if (const std::string fault = codecs().write(kind, file, picture); !fault.empty())
      throw Failure(sentence(_("“%s” cannot be written: %s."), given.c_str(), fault.c_str()));
  };
  write_pixels();
  const bool is_srgb = !space || space == babl_space("sRGB");
  if (kind != Kind::exr && !content.metadata.write(file, picture, is_srgb)) {
    write_pixels(); // it may have been left in pieces
    notes.push_back(sentence(_("“%s” was written without the photograph's EXIF, XMP and IPTC data."), given.c_str()));
  }
  workspace.publish();
  return notes;
}

} // namespace raster
