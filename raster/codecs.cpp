// SPDX-License-Identifier: GPL-3.0-or-later
#include "codecs.h"

#include <vips/vips.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "exr.h"
#include "hdr.h"
#include "png.h"
#include "pnm.h"
#include "rows.h"
#include "tiff.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

using Image = Ref<VipsImage>;

constexpr int quality = 95; // of 100, in lossy files: the picture is somebody's result, not a preview
constexpr double millimetres_per_inch = 25.4;

void start() {
  [[maybe_unused]] static const bool started = [] {
    if (VIPS_INIT("pastiche") != 0)
      throw Failure(
          sentence(_("The library that reads and writes picture files cannot be opened (%s); install libvips and Pastiche again."),
                   vips_error_buffer()));
    vips_cache_set_max(0); // nothing is read twice
    // Its warnings are on the oddities of files, which are no business of a terminal.
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, [](const char *, GLogLevelFlags, const char *, void *) {}, nullptr);
    return true;
  }();
  vips_error_clear();
}

[[noreturn]] void fail_as_damaged(const std::string &path) {
  throw Failure(sentence(_("“%s” is damaged or cut short."), shown(path).c_str()));
}

// Why libvips could not read the file, in a sentence.
[[noreturn]] void fail(Kind kind, const std::string &path) {
  const std::string_view told = vips_error_buffer();
  // These are libjpeg's own words, in no other language.
  if (kind != Kind::jpeg || told.empty() || told.find("remature end of") != std::string_view::npos)
    fail_as_damaged(path);
  const std::string first(told.substr(0, told.find('\n')));
  throw Failure(sentence(_("“%s” cannot be read as a JPEG picture: %s."), shown(path).c_str(), first.c_str()));
}

// Its rows are decoded as they are asked for, from the top to the bottom. Null when its head cannot be read.
Image open(Kind kind, const std::string &path, VipsFailOn strictness) {
  VipsImage *image = nullptr;
  const auto read = [&](auto load) {
    load(path.c_str(), &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", strictness, static_cast<void *>(nullptr));
  };
  switch (kind) {
  case Kind::png:
    read(vips_pngload);
    break;
  case Kind::jpeg:
    read(vips_jpegload);
    break;
  case Kind::tiff:
    return open_tiff(path);
  case Kind::webp:
    read(vips_webpload);
    break;
  case Kind::gif:
    read(vips_gifload);
    break;
  case Kind::pnm:
  case Kind::exr:
    break; // pnm.h, exr.h
  }
  return Image(image);
}

// A number that the file's head holds, or 0.
int number(VipsImage *image, const char *name) {
  int value = 0;
  return vips_image_get_typeof(image, name) == G_TYPE_INT && vips_image_get_int(image, name, &value) == 0 ? value : 0;
}

// The picture after another operation on it; null when that failed.
template <class Operation, class... Arguments> Image after(const Image &image, Operation operation, Arguments... arguments) {
  VipsImage *result = nullptr;
  return operation(image.get(), &result, arguments..., static_cast<void *>(nullptr)) == 0 ? Image(result) : nullptr;
}

int colors_of(const Image &image) {
  switch (vips_image_get_interpretation(image.get())) {
  case VIPS_INTERPRETATION_B_W:
  case VIPS_INTERPRETATION_GREY16:
    return 1;
  case VIPS_INTERPRETATION_CMYK:
    return 4;
  default:
    return vips_image_get_bands(image.get()) < 3 ? 1 : 3;
  }
}

bool is_deep(const Image &image) { return vips_image_get_format(image.get()) != VIPS_FORMAT_UCHAR; }

const char *type_of(VipsBandFormat depth) {
  switch (depth) {
  case VIPS_FORMAT_UCHAR:
    return " u8";
  case VIPS_FORMAT_USHORT:
    return " u16";
  case VIPS_FORMAT_UINT:
    return " u32";
  case VIPS_FORMAT_FLOAT:
    return " float";
  case VIPS_FORMAT_DOUBLE:
    return " double";
  default:
    return nullptr;
  }
}

// The space of the embedded profile: as it is where babl knows such a space, else the picture is converted to sRGB. Without a profile
// null.
const Babl *space_of(Image &image, bool &has_profile, bool &is_unusable) {
  const void *profile = nullptr;
  size_t length = 0;
  has_profile = vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 &&
                vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &profile, &length) == 0;
  is_unusable = false;
  if (!has_profile)
    return nullptr;
  const int colors = colors_of(image);
  if (colors != 4) {
    const char *fault = nullptr;
    const Babl *space =
        babl_space_from_icc(static_cast<const char *>(profile), static_cast<int>(length), BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &fault);
    if (space && !fault && !babl_space_is_cmyk(space) && (colors == 1 || !babl_space_is_gray(space)))
      return space;
  }
  const VipsBandFormat depth = vips_image_get_format(image.get());
  Image converted;
  if ((depth == VIPS_FORMAT_UCHAR || depth == VIPS_FORMAT_USHORT) && vips_icc_is_compatible_profile(image.get(), profile, length))
    converted = after(image, vips_icc_transform, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "black_point_compensation", TRUE,
                      "depth", is_deep(image) ? 16 : 8);
  vips_error_clear();
  is_unusable = !converted;
  if (converted)
    image = std::move(converted);
  return nullptr;
}

// Decodes the picture into the buffer; false when it could not.
bool decode(const Image &image, const Babl *format, GeglBuffer *buffer) {
  const int width = vips_image_get_width(image.get()), height = vips_image_get_height(image.get());
  constexpr int rows = 64;
  const Ref<VipsRegion> region(vips_region_new(image.get()));
  for (int y = 0; y < height; y += rows) {
    const VipsRect place{0, y, width, std::min(rows, height - y)};
    if (vips_region_prepare(region.get(), &place) != 0)
      return false;
    const GeglRectangle same{0, y, width, place.height};
    gegl_buffer_set(buffer, &same, 0, format, VIPS_REGION_ADDR(region.get(), 0, y), static_cast<int>(VIPS_REGION_LSKIP(region.get())));
  }
  return true;
}

Resolution resolution_of(VipsImage *image) {
  constexpr double unknown = 1; // dots per millimetre, as libvips has it
  const double x = vips_image_get_xres(image), y = vips_image_get_yres(image);
  if (x == unknown || y == unknown || !(x > 0) || !(y > 0))
    return {};
  // Files that count per metre cannot say a whole number per inch.
  constexpr double dot_per_metre = 0.0255;
  const auto per_inch = [](double per_millimetre) {
    const double dots = millimetres_per_inch * per_millimetre, whole = std::round(dots);
    return std::abs(dots - whole) < dot_per_metre ? whole : dots;
  };
  return {per_inch(x), per_inch(y)};
}

StoredSize size_of(Kind kind, const std::string &path) {
  if (kind == Kind::exr)
    return {exr_size(path), 0};
  if (kind == Kind::pnm)
    return {pnm_size(path), 0};
  start();
  const Image image = open(kind, path, VIPS_FAIL_ON_NONE);
  if (!image)
    fail(kind, path);
  const Size size{vips_image_get_width(image.get()), vips_image_get_height(image.get())};
  check_area(path, size);
  return {size, number(image.get(), VIPS_META_ORIENTATION)};
}

// Nothing when the pixels are not all there, as strictly as is asked for.
std::optional<Stored> decode(Kind kind, const std::string &path, VipsFailOn strictness) {
  Image image = open(kind, path, strictness);
  if (!image)
    return {};
  const Size size{vips_image_get_width(image.get()), vips_image_get_height(image.get())};
  check_area(path, size);

  Stored stored;
  stored.orientation = number(image.get(), VIPS_META_ORIENTATION);
  stored.resolution = resolution_of(image.get());
  const bool is_half = vips_image_get_format(image.get()) == VIPS_FORMAT_FLOAT && number(image.get(), VIPS_META_BITS_PER_SAMPLE) == 16;
  const bool has_several = number(image.get(), VIPS_META_N_PAGES) > 1;

  PngHead png;
  if (kind == Kind::png)
    png = png_head(path);
  bool has_profile = false, is_unusable = false;
  const Babl *space = png.colors ? nullptr : space_of(image, has_profile, is_unusable); // cICP comes before a profile
  const char *type = image ? type_of(vips_image_get_format(image.get())) : nullptr;
  const int colors = type ? colors_of(image) : 0, bands = type ? vips_image_get_bands(image.get()) : 0;
  if (!type || bands < colors || bands > colors + 1)
    throw Failure(sentence(_("“%s” counts its colours in a way that cannot be read; save it as a PNG."), shown(path).c_str()));
  const std::string model = std::string(colors == 1 ? "Y'" : colors == 3 ? "R'G'B'" : "CMYK") + (bands > colors ? "A" : "");

  if (png.space && !has_profile && !png.colors)
    space = png.space;
  const Babl *format = babl_format_with_space((model + type).c_str(), space);
  stored.format = is_half ? babl_format_with_space((model + " half").c_str(), space) : format;
  stored.buffer.reset(gegl_buffer_new(GEGL_RECTANGLE(0, 0, size.width, size.height), stored.format));
  stored.has_colors = has_profile || png.space || png.colors;
  stored.credits = png.credits;
  if (!decode(image, format, stored.buffer.get()))
    return {};

  const std::string name = shown(path);
  if (is_unusable)
    stored.notes.push_back(sentence(_("The colour profile of “%s” cannot be used; its colours are taken for sRGB."), name.c_str()));
  if (has_several || png.is_animated)
    stored.notes.push_back(sentence(_("“%s” holds several pictures; the first one was read."), name.c_str()));
  if (png.colors)
    take_coded_colors(stored, *png.colors, name);
  return stored;
}

Stored read(Kind kind, const std::string &path) {
  if (kind == Kind::exr)
    return read_exr(path);
  if (kind == Kind::pnm)
    return read_pnm(path);
  start();
  // A JPEG of which bits have fallen over still shows nearly all of the picture.
  if (std::optional<Stored> stored = decode(kind, path, kind == Kind::jpeg ? VIPS_FAIL_ON_WARNING : VIPS_FAIL_ON_ERROR))
    return std::move(*stored);
  if (kind == Kind::jpeg) {
    vips_error_clear();
    if (std::optional<Stored> stored = decode(kind, path, VIPS_FAIL_ON_TRUNCATED)) {
      stored->notes.push_back(sentence(_("“%s” is damaged in places and was read as well as it could be."), shown(path).c_str()));
      return std::move(*stored);
    }
  }
  fail(kind, path);
}

VipsBandFormat depth_of(const Babl *format) {
  const std::string_view type = babl_get_name(babl_format_get_type(format, 0));
  return type == "u8"      ? VIPS_FORMAT_UCHAR
         : type == "u16"   ? VIPS_FORMAT_USHORT
         : type == "u32"   ? VIPS_FORMAT_UINT
         : type == "half"  ? VIPS_FORMAT_NOTSET // which libvips does not know
         : type == "float" ? VIPS_FORMAT_FLOAT
                           : VIPS_FORMAT_DOUBLE;
}

int generate(VipsRegion *region, void *, void *written, void *, gboolean *) {
  const VipsRect &place = region->valid;
  for (int y = place.top; y < place.top + place.height; y++)
    write_row(*static_cast<const Written *>(written), place.left, y, place.width, VIPS_REGION_ADDR(region, place.left, y));
  return 0;
}

Image image_of(const Written &picture) {
  const int bands = babl_format_get_n_components(picture.format);
  const VipsBandFormat depth = depth_of(picture.format);
  const VipsInterpretation colors = depth == VIPS_FORMAT_USHORT ? (bands <= 2 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16)
                                                                : (bands <= 2 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
  Image image(vips_image_new());
  vips_image_init_fields(image.get(), picture.pixels.width, picture.pixels.height, bands, depth, VIPS_CODING_NONE, colors,
                         picture.resolution.x / millimetres_per_inch, picture.resolution.y / millimetres_per_inch);
  vips_image_set_string(image.get(), VIPS_META_RESOLUTION_UNIT, "in");
  const Babl *space = babl_format_get_space(picture.format);
  int length = 0;
  const char *profile = babl_space_get_icc(space, &length);
  if (profile && space != babl_space("sRGB"))
    vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile, static_cast<size_t>(length));
  if (vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_THINSTRIP, static_cast<void *>(nullptr)) != 0 ||
      vips_image_generate(image.get(), nullptr, generate, nullptr, const_cast<Written *>(&picture), nullptr) != 0)
    return nullptr;
  return image;
}

std::string write(Kind kind, const std::string &path, const Written &picture) {
  if (kind == Kind::exr)
    return write_exr(path, picture);
  start();
  const Image image = image_of(picture);
  const auto save = [&](auto saver, auto... arguments) {
    return saver(image.get(), path.c_str(), arguments..., "keep", VIPS_FOREIGN_KEEP_ICC, static_cast<void *>(nullptr));
  };
  errno = 0; // it tells better than libvips why writing failed
  int status = -1;
  if (image)
    switch (kind) {
    case Kind::png:
      // Trying every filter at the usual level takes three times as long, and saves a tenth.
      status = save(vips_pngsave, "compression", 3, "filter", VIPS_FOREIGN_PNG_FILTER_PAETH);
      break;
    case Kind::jpeg: // colour as fine as brightness: brush-strokes differ in it
      status = save(vips_jpegsave, "Q", quality, "optimize_coding", TRUE, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF);
      break;
    case Kind::tiff: {
      const int64_t bytes = int64_t{babl_format_get_bytes_per_pixel(picture.format)} * picture.pixels.width * picture.pixels.height;
      status = save(vips_tiffsave, "bigtiff", bytes > int64_t{0xF0000000});
      break;
    }
    case Kind::webp:
      status = save(vips_webpsave, "Q", quality, "smart_subsample", TRUE);
      break;
    default:
      break;
    }
  if (status == 0)
    return {};
  const std::string_view told = vips_error_buffer();
  return errno ? std::strerror(errno) : std::string(told.substr(0, told.find('\n')));
}

} // namespace
} // namespace raster

const raster::Codecs pastiche_codecs{raster::size_of, raster::read, raster::write};
