// SPDX-License-Identifier: GPL-3.0-or-later
#include "destination.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "complaints.h"
#include "core/i18n.h"
#include "error.h"
#include "jpeg.h"
#include "png.h"
#include "sentence.h"
#include "workspace.h"

namespace raster {
namespace {

namespace fs = std::filesystem;

constexpr int longest_webp_side = 16383; // pixels; the format's own limit

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

// Row by row: another copy of a large picture would need as much memory again.
void write_on_white(GeglBuffer *buffer, const pastiche_image &pixels) {
  const size_t length = size_t{4} * pixels.width;
  std::vector<float> row(length);
  for (int y = 0; y < pixels.height; y++) {
    const float *from = pixels.rgba + length * y;
    for (size_t i = 0; i < length; i++) {
      const float alpha = from[i | 3];
      row[i] = i % 4 == 3 ? 1 : from[i] * alpha + (1 - alpha);
    }
    write(buffer, 0, y, pastiche_image{pixels.width, 1, row.data()});
  }
}

// Runs one of GEGL's saving operations; returns why it failed, or nothing.
std::string run_saver(const char *operation, GeglBuffer *buffer, const std::string &path, int bits) {
  Complaints complaints;
  const Ref<GeglNode> graph(gegl_node_new());
  GeglNode *source = gegl_node_new_child(graph.get(), "operation", "gegl:buffer-source", "buffer", buffer, nullptr);
  GeglNode *saver = gegl_node_new_child(graph.get(), "operation", operation, "path", path.c_str(), nullptr);
  if (bits)
    gegl_node_set(saver, "bitdepth", bits, nullptr);
  gegl_node_link(source, saver);
  gegl_node_process(saver);
  const std::vector<std::string> heard = complaints.heard();
  return heard.empty() ? "" : heard.front();
}

std::string ending_of(const std::string &path) {
  std::string ending = fs::path(path).extension().string();
  for (char &letter : ending)
    letter = g_ascii_tolower(letter);
  return ending;
}

} // namespace

Destination::Kind Destination::kind_of(const std::string &path) {
  struct Ending {
    const char *name;
    Kind kind;
  };
  constexpr std::array endings{
      Ending{".png", Kind::png},   Ending{".jpg", Kind::jpeg},  Ending{".jpeg", Kind::jpeg}, Ending{".tif", Kind::tiff},
      Ending{".tiff", Kind::tiff}, Ending{".webp", Kind::webp}, Ending{".exr", Kind::exr},
  };
  const std::string ending = ending_of(path);
  for (const Ending &known : endings)
    if (ending == known.name)
      return known.kind;
  throw Error(sentence(_("The name “%s” does not tell what kind of file to write; it must end in .png, .jpg, .tif, .webp or .exr."),
                       shown(path).c_str()));
}

Destination::Destination(const std::string &path) : given(shown(path)), path(target_of(path)), kind(kind_of(path)) {
  const Workspace probe(this->path); // tells whether the folder can be written to
}

void Destination::check_size(int width, int height) const {
  const int longest = kind == Kind::jpeg ? longest_jpeg_side : kind == Kind::webp ? longest_webp_side : INT32_MAX;
  if (std::max(width, height) > longest)
    throw Error(sentence(_("A picture of %d × %d pixels does not fit into “%s”: this kind of file ends at %d pixels a side."), width,
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
    encoding += "A";
  switch (kind) {
  case Kind::jpeg:
  case Kind::webp:
    encoding += " u8";
    break;
  case Kind::png:
    encoding += deep ? " u16" : " u8";
    break;
  case Kind::tiff:
    encoding += " " + depth;
    break;
  case Kind::exr:
    encoding += depth == "u8" || depth == "half" ? " half" : " float";
    break;
  }
  // GEGL 0.4 writes no profile into a WebP, so its colours have to be those of sRGB.
  const Babl *format = babl_format_with_space(encoding.c_str(), gray || kind == Kind::webp ? nullptr : rgb_space_of(content.format));

  const GeglRectangle size{0, 0, pixels.width, pixels.height};
  const Ref<GeglBuffer> buffer(gegl_buffer_new(&size, format));
  if (has_alpha && !keep_alpha)
    write_on_white(buffer.get(), pixels);
  else
    write(buffer.get(), 0, 0, pixels);

  Workspace workspace(path);
  const std::string &file = workspace.file();
  const auto write_pixels = [&]() -> std::string {
    switch (kind) {
    case Kind::jpeg:
      return write_jpeg(file, buffer.get());
    case Kind::tiff:
      return run_saver("gegl:tiff-save", buffer.get(), file, 0);
    case Kind::webp:
      return run_saver("gegl:webp-save", buffer.get(), file, 0);
    case Kind::exr:
      return run_saver("gegl:exr-save", buffer.get(), file, 0);
    case Kind::png:
      break;
    }
    const std::string fault = run_saver("gegl:png-save", buffer.get(), file, deep ? 16 : 8);
    if (!fault.empty())
      return fault;
    return png_is_whole(file) && drop_gamma_beside_profile(file) ? "" : _("the disk may be full");
  };
  const auto write_all = [&] {
    if (const std::string fault = write_pixels(); !fault.empty())
      throw Error(sentence(_("“%s” cannot be written: %s."), given.c_str(), fault.c_str()));
  };
  write_all();
  if (kind != Kind::exr && !content.metadata.write(file, pixels.width, pixels.height)) {
    write_all(); // it may have been left in pieces
    notes.push_back(sentence(_("“%s” was written without the photograph's EXIF, XMP and IPTC data."), given.c_str()));
  }
  workspace.publish();
  return notes;
}

} // namespace raster
