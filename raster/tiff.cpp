// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiff.h"

#include <babl/babl.h>
#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "rows.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

using File = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

constexpr int most_directories = 64; // enough to tell; a damaged file may have any number

template <class T> T tag(TIFF *file, uint32_t name, T otherwise) {
  T value = otherwise;
  return TIFFGetFieldDefaulted(file, name, &value) ? value : otherwise;
}

// --- which picture ----------------------------------------------------------------------------------------------------------------

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

bool is_picture(TIFF *file) { return !(tag<uint32_t>(file, TIFFTAG_SUBFILETYPE, 0) & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)); }

struct Directories {
  bool is_raw = false;      // of a camera: its picture is a thumbnail, or nothing
  int pictures = 0;         // but for thumbnails and masks
  uint64_t first = 0;       // picture's offset; 0: there are only thumbnails
  uint64_t first_below = 0; // of those in directories below others

  void look_at(TIFF *file) {
    const uint8_t *version = nullptr;
    is_raw |= is_of_sensor(file) || TIFFGetField(file, TIFFTAG_DNGVERSION, &version);
  }

  // Those of the directories below the present one; false when it cannot be returned to.
  bool look_below(TIFF *file) {
    uint16_t count = 0;
    const uint64_t *offsets = nullptr;
    if (!TIFFGetField(file, TIFFTAG_SUBIFD, &count, &offsets))
      return true;
    const tdir_t here = TIFFCurrentDirectory(file);
    const std::vector<uint64_t> places(offsets, offsets + std::min<int>(count, most_directories));
    for (const uint64_t place : places)
      if (TIFFSetSubDirectory(file, place)) {
        look_at(file);
        if (!first_below && is_picture(file))
          first_below = place;
      }
    return TIFFSetDirectory(file, here);
  }
};

Directories look_at_all(TIFF *file) {
  Directories found;
  for (int i = 0; i < most_directories && !found.is_raw; i++) {
    found.look_at(file);
    if (is_picture(file) && found.pictures++ == 0)
      found.first = TIFFCurrentDirOffset(file);
    if (!found.look_below(file) || !TIFFReadDirectory(file))
      break;
  }
  return found;
}

// --- its samples ------------------------------------------------------------------------------------------------------------------

// How a picture's samples lie in the file.
struct Layout {
  uint32_t width = 0, height = 0;
  uint16_t samples = 1, bits = 1, number = SAMPLEFORMAT_UINT, colors = PHOTOMETRIC_MINISWHITE;
  bool in_planes = false, in_tiles = false;
  uint32_t chunk_width = 0, chunk_height = 0; // of a tile, or a strip
  std::vector<uint16_t> wanted;               // samples: colours, then opacity
  bool is_premultiplied = false;
  std::vector<double> palette; // red, green, blue, 0..1

  int components() const { return colors == PHOTOMETRIC_SEPARATED ? 4 : colors <= PHOTOMETRIC_MINISBLACK ? 1 : 3; }
  bool has_opacity() const { return wanted.size() > (colors == PHOTOMETRIC_PALETTE ? 1U : static_cast<unsigned>(components())); }
  bool is_lab() const { return colors == PHOTOMETRIC_CIELAB || colors == PHOTOMETRIC_ICCLAB; }
  bool is_ycbcr() const { return colors == PHOTOMETRIC_YCBCR; }
  bool is_real() const { return number == SAMPLEFORMAT_IEEEFP; }

  VipsBandFormat depth() const {
    if (is_real())
      return bits == 64 ? VIPS_FORMAT_DOUBLE : VIPS_FORMAT_FLOAT;
    if (colors == PHOTOMETRIC_PALETTE || bits <= 8)
      return VIPS_FORMAT_UCHAR;
    return bits <= 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UINT;
  }
};

float from_half(uint16_t half) {
  const int exponent = half >> 10 & 31, mantissa = half & 1023;
  const double size = exponent == 31  ? std::numeric_limits<double>::infinity()
                      : exponent == 0 ? std::ldexp(mantissa, -24)
                                      : std::ldexp(1024 + mantissa, exponent - 25);
  return static_cast<float>(half & 0x8000 ? -size : size);
}

template <class T> T number_at(const uint8_t *row, size_t index) {
  T value;
  std::memcpy(&value, row + index * sizeof value, sizeof value);
  return value;
}

// A sample of a row, of bits that need not be whole bytes.
uint32_t bits_at(const uint8_t *row, size_t index, int bits) {
  uint32_t value = 0;
  for (size_t bit = index * static_cast<size_t>(bits), end = bit + static_cast<size_t>(bits); bit < end; bit++)
    value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1);
  return value;
}

// Calls work(sample), where sample(row, index) is 0..1, but for real numbers, which may be any, and Lab.
template <class Work> void with_samples_of(const Layout &layout, const Work &work) {
  const double most = static_cast<double>((uint64_t{1} << std::min<int>(layout.bits, 32)) - 1);
  if (layout.is_real() && layout.bits == 16)
    work([](const uint8_t *row, size_t index) { return from_half(number_at<uint16_t>(row, index)); });
  else if (layout.is_real() && layout.bits == 32)
    work(number_at<float>);
  else if (layout.is_real())
    work(number_at<double>);
  else if (layout.bits == 8)
    work([most](const uint8_t *row, size_t index) { return row[index] / most; });
  else if (layout.bits == 16)
    work([most](const uint8_t *row, size_t index) { return number_at<uint16_t>(row, index) / most; });
  else if (layout.bits == 24) // libtiff has put its bytes into the machine's order
    work([most](const uint8_t *row, size_t i) { return (row[3 * i] | row[3 * i + 1] << 8 | row[3 * i + 2] << 16) / most; });
  else if (layout.bits == 32)
    work([most](const uint8_t *row, size_t index) { return number_at<uint32_t>(row, index) / most; });
  else
    work([most, bits = layout.bits](const uint8_t *row, size_t index) { return bits_at(row, index, bits) / most; });
}

// TIFF 6.0, section 23, and Adobe's technical notes on ICC's Lab: red, green and blue of L*, a* and b* under D50.
void lab_to_rgb(const Layout &layout, double *lab) {
  float color[3];
  for (int c = 0; c < 3; c++)
    color[c] = static_cast<float>(lab[c]);
  if (!layout.is_real()) {
    const double most = layout.bits == 8 ? 255 : 65535 / 256.0; // of a* and b*, as if without a sign
    // ICC.1:1998, A.2: 100 is 0xFF00.
    color[0] *= layout.colors == PHOTOMETRIC_ICCLAB && layout.bits == 16 ? 100 * 65535.F / 65280 : 100;
    for (int c = 1; c < 3; c++) {
      color[c] = static_cast<float>(lab[c] * most);
      if (layout.colors == PHOTOMETRIC_ICCLAB)
        color[c] -= 128;
      else if (color[c] >= 128)
        color[c] -= 256;
    }
  }
  float rgb[3];
  static const Babl *const fish = babl_fish(babl_format("CIE Lab float"), babl_format("R'G'B' float"));
  babl_process(fish, color, rgb, 1);
  std::copy(rgb, rgb + 3, lab);
}

template <class T> void store(const double *from, size_t count, void *row) {
  T *to = static_cast<T *>(row);
  for (size_t i = 0; i < count; i++)
    if constexpr (std::is_integral_v<T>)
      to[i] = static_cast<T>(std::clamp(from[i], 0.0, 1.0) * static_cast<double>(std::numeric_limits<T>::max()) + 0.5);
    else
      to[i] = static_cast<T>(from[i]);
}

// Decodes rows, best from the top to the bottom.
class Decoder {
public:
  Decoder(File file, Layout layout) : file(std::move(file)), layout(std::move(layout)) {}
  virtual ~Decoder() = default;

  virtual bool read(int y, void *row) {
    if (!fetch(static_cast<uint32_t>(y) / layout.chunk_height))
      return false;
    const size_t components = static_cast<size_t>(layout.components()), bands = components + layout.has_opacity();
    pixels.assign(bands * layout.width, 0);
    const size_t from_row = static_cast<uint32_t>(y) % layout.chunk_height * row_bytes, step = layout.in_planes ? 1 : layout.samples;
    with_samples_of(layout, [&](const auto &sample) {
      for (size_t i = 0; i < layout.wanted.size(); i++) {
        const bool is_opacity = layout.has_opacity() && i + 1 == layout.wanted.size();
        double *to = &pixels[is_opacity ? components : i];
        size_t chunk = layout.in_planes ? i * across() : 0;
        for (uint32_t left = 0; left < layout.width; left += layout.chunk_width, chunk++) {
          const uint8_t *from = chunks[chunk].get() + from_row;
          size_t index = layout.in_planes ? 0 : layout.wanted[i];
          for (uint32_t x = left; x < std::min(layout.width, left + layout.chunk_width); x++, index += step, to += bands)
            *to = sample(from, index);
        }
      }
    });
    for (size_t i = 0; i < pixels.size(); i += bands)
      finish(&pixels[i], components);
    switch (layout.depth()) {
    case VIPS_FORMAT_UCHAR:
      store<uint8_t>(pixels.data(), pixels.size(), row);
      break;
    case VIPS_FORMAT_USHORT:
      store<uint16_t>(pixels.data(), pixels.size(), row);
      break;
    case VIPS_FORMAT_UINT:
      store<uint32_t>(pixels.data(), pixels.size(), row);
      break;
    case VIPS_FORMAT_FLOAT:
      store<float>(pixels.data(), pixels.size(), row);
      break;
    default:
      store<double>(pixels.data(), pixels.size(), row);
    }
    return true;
  }

protected:
  const File file;
  const Layout layout;

private:
  size_t across() const { return (layout.width - 1) / layout.chunk_width + 1; }

  // The strips or tiles that lie side by side at the same height, of every plane that is wanted.
  bool fetch(uint32_t line) {
    if (present == line)
      return true;
    present.reset();
    const tmsize_t size = layout.in_tiles ? TIFFTileSize(file.get()) : TIFFStripSize(file.get());
    row_bytes = static_cast<size_t>(layout.in_tiles ? TIFFTileRowSize(file.get()) : TIFFScanlineSize(file.get()));
    if (size <= 0 || row_bytes == 0)
      return false;
    chunks.resize(across() * (layout.in_planes ? layout.wanted.size() : 1));
    const uint32_t y = line * layout.chunk_height, rows = std::min(layout.chunk_height, layout.height - y);
    for (size_t i = 0; i < chunks.size(); i++) {
      if (!chunks[i])
        chunks[i] = std::make_unique_for_overwrite<uint8_t[]>(static_cast<size_t>(size));
      const auto plane = static_cast<uint16_t>(layout.in_planes ? layout.wanted[i / across()] : 0);
      const auto x = static_cast<uint32_t>(i % across()) * layout.chunk_width;
      const tmsize_t got = layout.in_tiles
                               ? TIFFReadEncodedTile(file.get(), TIFFComputeTile(file.get(), x, y, 0, plane), chunks[i].get(), size)
                               : TIFFReadEncodedStrip(file.get(), TIFFComputeStrip(file.get(), y, plane), chunks[i].get(), size);
      if (got < static_cast<tmsize_t>(rows * row_bytes))
        return false;
    }
    present = line;
    return true;
  }

  // Samples become what libvips takes them for.
  void finish(double *pixel, size_t components) const {
    if (layout.colors == PHOTOMETRIC_MINISWHITE)
      pixel[0] = 1 - pixel[0];
    if (layout.colors == PHOTOMETRIC_PALETTE) {
      const auto index = static_cast<size_t>(std::lround(pixel[0] * ((1 << layout.bits) - 1)));
      std::copy_n(&layout.palette[3 * index], 3, pixel);
    }
    if (layout.is_lab())
      lab_to_rgb(layout, pixel);
    if (layout.is_premultiplied && pixel[components] > 0)
      for (size_t c = 0; c < components; c++)
        pixel[c] /= pixel[components];
  }

  std::vector<std::unique_ptr<uint8_t[]>> chunks;
  std::optional<uint32_t> present; // which line of chunks they are
  size_t row_bytes = 0;
  std::vector<double> pixels;
};

// YCbCr, of which libtiff itself makes 8-bit RGB, all at once.
class YcbcrDecoder : public Decoder {
public:
  using Decoder::Decoder;

  bool read(int y, void *row) override {
    if (raster.empty()) {
      TIFFSetField(file.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT); // is applied later
      raster.resize(size_t{layout.width} * layout.height);
      if (!TIFFReadRGBAImageOriented(file.get(), layout.width, layout.height, raster.data(), ORIENTATION_TOPLEFT, 1)) {
        raster.clear();
        return false;
      }
    }
    auto *to = static_cast<uint8_t *>(row);
    for (uint32_t x = 0; x < layout.width; x++) {
      const uint32_t pixel = raster[size_t{layout.width} * static_cast<size_t>(y) + x];
      *to++ = TIFFGetR(pixel);
      *to++ = TIFFGetG(pixel);
      *to++ = TIFFGetB(pixel);
    }
    return true;
  }

private:
  std::vector<uint32_t> raster;
};

// --- what the tags say ------------------------------------------------------------------------------------------------------------

[[noreturn]] void refuse_colors(const std::string &path) {
  throw Failure(sentence(_("“%s” counts its colours in a way that cannot be read; save it as a PNG."), shown(path).c_str()));
}

// Entries count to 65535, in old files to 255.
bool read_palette(TIFF *file, Layout &layout) {
  const uint16_t *rgb[3] = {};
  if (!TIFFGetField(file, TIFFTAG_COLORMAP, &rgb[0], &rgb[1], &rgb[2]))
    return false;
  const size_t count = size_t{1} << layout.bits;
  const bool is_old = std::ranges::all_of(
      rgb, [count](const uint16_t *values) { return std::all_of(values, values + count, [](uint16_t value) { return value < 256; }); });
  for (size_t i = 0; i < count; i++)
    for (const uint16_t *values : rgb)
      layout.palette.push_back((is_old ? values[i] : values[i] >> 8) / 255.0);
  return true;
}

// Nothing when it is damaged.
std::optional<Layout> layout_of(TIFF *file, const std::string &path) {
  const auto compression = tag<uint16_t>(file, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  if (!TIFFIsCODECConfigured(compression))
    throw Failure(sentence(
        _("“%s” is compressed in a way that cannot be read (TIFF compression %d); save it as a PNG, or as a TIFF without compression."),
        shown(path).c_str(), compression));
  Layout layout;
  if (!TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &layout.colors))
    return {};
  layout.width = tag<uint32_t>(file, TIFFTAG_IMAGEWIDTH, 0);
  layout.height = tag<uint32_t>(file, TIFFTAG_IMAGELENGTH, 0);
  layout.samples = tag<uint16_t>(file, TIFFTAG_SAMPLESPERPIXEL, 1);
  layout.bits = tag<uint16_t>(file, TIFFTAG_BITSPERSAMPLE, 1);
  layout.number = tag<uint16_t>(file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  layout.in_planes = tag<uint16_t>(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE && layout.samples > 1;
  if (layout.is_ycbcr() && compression == COMPRESSION_JPEG && !layout.in_planes) { // libjpeg makes RGB of it
    TIFFSetField(file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.colors = PHOTOMETRIC_RGB;
  }
  layout.in_tiles = TIFFIsTiled(file);
  layout.chunk_width = layout.in_tiles ? tag<uint32_t>(file, TIFFTAG_TILEWIDTH, 0) : layout.width;
  layout.chunk_height = layout.in_tiles ? tag<uint32_t>(file, TIFFTAG_TILELENGTH, 0)
                                        : std::min(layout.height, tag<uint32_t>(file, TIFFTAG_ROWSPERSTRIP, layout.height));
  constexpr uint32_t longest = std::numeric_limits<int>::max();
  if (layout.width == 0 || layout.height == 0 || layout.width > longest || layout.height > longest || layout.chunk_width == 0 ||
      layout.chunk_height == 0)
    return {};
  check_area(path, {static_cast<int>(layout.width), static_cast<int>(layout.height)});
  if (layout.is_ycbcr()) {
    layout.bits = 8;
    layout.wanted = {0, 1, 2};
    return layout;
  }

  const bool is_known = layout.colors <= PHOTOMETRIC_PALETTE || layout.is_lab() ||
                        (layout.colors == PHOTOMETRIC_SEPARATED && tag<uint16_t>(file, TIFFTAG_INKSET, INKSET_CMYK) == INKSET_CMYK);
  if (layout.number == SAMPLEFORMAT_VOID)
    layout.number = SAMPLEFORMAT_UINT;
  const bool is_readable = layout.is_real() ? layout.bits == 16 || layout.bits == 32 || layout.bits == 64
                                            : layout.number == SAMPLEFORMAT_UINT && layout.bits >= 1 && layout.bits <= 32;
  const bool has_whole_bytes = layout.bits == 8 || layout.bits == 16 || layout.is_real();
  if (!is_known || !is_readable || (layout.is_lab() && !has_whole_bytes))
    refuse_colors(path);
  if (layout.colors == PHOTOMETRIC_PALETTE && (layout.is_real() || layout.bits > 16 || !read_palette(file, layout)))
    return {};
  const auto stored = static_cast<uint16_t>(layout.colors == PHOTOMETRIC_PALETTE ? 1 : layout.components());
  if (layout.samples < stored)
    return {};
  for (uint16_t i = 0; i < stored; i++)
    layout.wanted.push_back(i);
  // Of the other samples only one that the file calls opacity is; a saved selection is not.
  uint16_t count = 0;
  const uint16_t *meanings = nullptr;
  if (TIFFGetField(file, TIFFTAG_EXTRASAMPLES, &count, &meanings)) {
    const uint16_t *end = meanings + std::min<int>(count, layout.samples - stored);
    const uint16_t *opacity = std::find_if(
        meanings, end, [](uint16_t meaning) { return meaning == EXTRASAMPLE_ASSOCALPHA || meaning == EXTRASAMPLE_UNASSALPHA; });
    if (opacity != end) {
      layout.wanted.push_back(static_cast<uint16_t>(stored + (opacity - meanings)));
      layout.is_premultiplied = *opacity == EXTRASAMPLE_ASSOCALPHA;
    }
  }
  return layout;
}

int generate(VipsRegion *region, void *, void *decoder, void *, gboolean *) {
  const VipsRect &place = region->valid; // whole rows
  for (int y = place.top; y < place.top + place.height; y++)
    if (!static_cast<Decoder *>(decoder)->read(y, VIPS_REGION_ADDR(region, place.left, y)))
      return -1;
  return 0;
}

// Dots per millimetre; 1 where it is not known.
double density(TIFF *file, uint32_t name) {
  const auto unit = tag<uint16_t>(file, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  float dots = 0;
  if (unit == RESUNIT_NONE || !TIFFGetField(file, name, &dots) || !(dots > 0))
    return 1;
  return dots / (unit == RESUNIT_CENTIMETER ? 10 : 25.4);
}

} // namespace

Ref<VipsImage> open_tiff(const std::string &path) {
  TIFFSetErrorHandler(nullptr); // they are no business of a terminal
  TIFFSetWarningHandler(nullptr);
  File file(TIFFOpen(path.c_str(), "rm"), TIFFClose); // m: not mapped into memory
  if (!file)
    return nullptr;
  const Directories found = look_at_all(file.get());
  if (found.is_raw)
    refuse_kind(path);
  const uint64_t place = found.first ? found.first : found.first_below;
  if (place ? !TIFFSetSubDirectory(file.get(), place) : !TIFFSetDirectory(file.get(), 0))
    return nullptr;
  std::optional<Layout> layout = layout_of(file.get(), path);
  if (!layout)
    return nullptr;

  Ref<VipsImage> image(vips_image_new());
  const VipsBandFormat depth = layout->depth();
  const int components = layout->components(), bands = components + layout->has_opacity();
  const bool deep = depth == VIPS_FORMAT_USHORT;
  vips_image_init_fields(image.get(), static_cast<int>(layout->width), static_cast<int>(layout->height), bands, depth, VIPS_CODING_NONE,
                         components == 1   ? (deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                         : components == 4 ? VIPS_INTERPRETATION_CMYK
                                           : (deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB),
                         density(file.get(), TIFFTAG_XRESOLUTION), density(file.get(), TIFFTAG_YRESOLUTION));
  vips_image_set_int(image.get(), VIPS_META_BITS_PER_SAMPLE, layout->bits);
  vips_image_set_int(image.get(), VIPS_META_N_PAGES, found.pictures);
  vips_image_set_int(image.get(), VIPS_META_ORIENTATION, tag<uint16_t>(file.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT));
  uint32_t length = 0;
  const void *profile = nullptr;
  if (!layout->is_lab() && TIFFGetField(file.get(), TIFFTAG_ICCPROFILE, &length, &profile))
    vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile, length);

  const bool is_ycbcr = layout->is_ycbcr();
  Decoder *decoder = is_ycbcr ? new YcbcrDecoder(std::move(file), std::move(*layout)) : new Decoder(std::move(file), std::move(*layout));
  g_object_set_data_full(G_OBJECT(image.get()), "decoder", decoder, [](void *decoder) { delete static_cast<Decoder *>(decoder); });
  if (vips_image_pipelinev(image.get(), VIPS_DEMAND_STYLE_THINSTRIP, static_cast<void *>(nullptr)) != 0 ||
      vips_image_generate(image.get(), nullptr, generate, nullptr, decoder, nullptr) != 0)
    return nullptr;
  return image;
}

} // namespace raster
