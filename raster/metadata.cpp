// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

namespace raster {
namespace {

// Tags of EXIF's main image that say how a file stores its pixels. They are true of the old file only, and in a TIFF they would
// overwrite the ones that say where the new pixels are.
constexpr std::array storage_tags{
    "Exif.Image.NewSubfileType",
    "Exif.Image.SubfileType",
    "Exif.Image.ImageWidth",
    "Exif.Image.ImageLength",
    "Exif.Image.BitsPerSample",
    "Exif.Image.Compression",
    "Exif.Image.FillOrder",
    "Exif.Image.StripOffsets",
    "Exif.Image.PhotometricInterpretation",
    "Exif.Image.SamplesPerPixel",
    "Exif.Image.RowsPerStrip",
    "Exif.Image.StripByteCounts",
    "Exif.Image.MinSampleValue",
    "Exif.Image.MaxSampleValue",
    "Exif.Image.PlanarConfiguration",
    "Exif.Image.Predictor",
    "Exif.Image.ColorMap",
    "Exif.Image.TransferFunction",
    "Exif.Image.WhitePoint",
    "Exif.Image.ExtraSamples",
    "Exif.Image.PrimaryChromaticities",
    "Exif.Image.TileWidth",
    "Exif.Image.TileLength",
    "Exif.Image.TileOffsets",
    "Exif.Image.TileByteCounts",
    "Exif.Image.SubIFDs",
    "Exif.Image.SampleFormat",
    "Exif.Image.SMinSampleValue",
    "Exif.Image.SMaxSampleValue",
    "Exif.Image.JPEGTables",
    "Exif.Image.YCbCrCoefficients",
    "Exif.Image.YCbCrSubSampling",
    "Exif.Image.YCbCrPositioning",
    "Exif.Image.ReferenceBlackWhite",
    "Exif.Image.InterColorProfile",
    "Exif.Image.JPEGInterchangeFormat",
    "Exif.Image.JPEGInterchangeFormatLength",
    "Exif.Image.XMLPacket",
    "Exif.Image.IPTCNAA",
    "Exif.Image.ImageResources",
    "Exif.Image.ImageSourceData",
    "Xmp.tiff.ImageWidth",
    "Xmp.tiff.ImageLength",
    "Xmp.tiff.BitsPerSample",
    "Xmp.tiff.Compression",
    "Xmp.tiff.PhotometricInterpretation",
    "Xmp.xmp.Thumbnails",
    "Xmp.photoshop.ColorMode",
    "Xmp.photoshop.ICCProfile",
};

// Also tags that only the program that wrote them knows: its layers, for example.
bool is_of_another_image(std::string_view tag) {
  return tag.starts_with("Exif.Thumbnail.") || tag.starts_with("Exif.SubImage") || tag.starts_with("Exif.Image2.") ||
         tag.starts_with("Exif.Image3.") || tag.starts_with("Exif.Image.0x");
}

// XMP of what lies behind the picture in its file and is left behind: gain maps, films, depths, sounds, more XMP.
bool is_of_attachment(std::string_view tag) {
  constexpr std::array of_attachments{"GCamera", "GContainer", "Container", "Item",   "hdrgm",    "HDRGainMap", "GImage",
                                      "GDepth",  "GAudio",     "Device",    "Camera", "DepthMap", "apdi",       "xmpNote"};
  return std::ranges::any_of(of_attachments, [tag](const char *name) { return tag.starts_with("Xmp." + std::string(name) + "."); });
}

bool has(GExiv2Metadata *data, const char *tag) { return gexiv2_metadata_has_tag(data, tag, nullptr); }

// As text, so that the tag keeps its type: a number would make it signed, which readers of TIFF do not take.
void set_if_there(GExiv2Metadata *data, const char *tag, int value) {
  if (has(data, tag))
    gexiv2_metadata_set_tag_string(data, tag, std::to_string(value).c_str(), nullptr);
}

void set_text(GExiv2Metadata *data, const std::string &tag, const std::string &value) {
  gexiv2_metadata_set_tag_string(data, tag.c_str(), value.c_str(), nullptr);
}

// A rational number as Exiv2 writes it.
std::string hundredths(double value) { return std::to_string(std::lround(100 * value)) + "/100"; }

// Empty when there is no such tag.
std::string text(GExiv2Metadata *data, const char *tag) {
  g_autofree char *value = gexiv2_metadata_get_tag_string(data, tag, nullptr);
  std::string found = value ? value : "";
  constexpr std::string_view language = "lang=\"x-default\" ";
  return found.starts_with(language) ? found.substr(language.size()) : found;
}

void clear_if(GExiv2Metadata *data, char **tags, bool (*is_meant)(std::string_view)) {
  g_auto(GStrv) owner = tags;
  for (char **tag = tags; *tag; tag++)
    if (is_meant(*tag)) {
      gexiv2_metadata_clear_tag(data, *tag, nullptr);
      // And what it is a part of, as in Xmp.Container.Directory[1]/Container:Item, which has no value, and is only found if it has one.
      std::string whole = *tag;
      for (size_t end; (end = whole.find_last_of("/[")) != std::string::npos;) {
        whole.resize(end);
        set_text(data, whole, "-");
        gexiv2_metadata_clear_tag(data, whole.c_str(), nullptr);
      }
    }
}

} // namespace

Metadata::Metadata(const std::string &path) {
  gexiv2_log_set_level(GEXIV2_LOG_LEVEL_MUTE); // it complains about the oddities of cameras
  data.reset(gexiv2_metadata_new());
  if (!gexiv2_metadata_open_path(data.get(), path.c_str(), nullptr))
    data.reset();
}

int Metadata::orientation(int otherwise) const {
  const int orientation = data ? gexiv2_metadata_get_orientation(data.get(), nullptr) : otherwise;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

bool Metadata::is_adobe_rgb() const {
  constexpr int adobe_rgb = 2; // no standard's, but some cameras'
  return data && (text(data.get(), "Exif.Iop.InteroperabilityIndex").starts_with("R03") ||
                  gexiv2_metadata_get_tag_long(data.get(), "Exif.Photo.ColorSpace", nullptr) == adobe_rgb);
}

Resolution Metadata::resolution(const Resolution &otherwise) const {
  if (!data || otherwise.is_known())
    return otherwise;
  const bool per_centimetre = gexiv2_metadata_get_tag_long(data.get(), "Exif.Image.ResolutionUnit", nullptr) == 3;
  const auto read = [&](const char *tag, double otherwise) {
    int dots = 0, divisor = 0;
    if (!gexiv2_metadata_get_exif_tag_rational(data.get(), tag, &dots, &divisor, nullptr) || dots <= 0 || divisor <= 0)
      return otherwise;
    return static_cast<double>(dots) / divisor * (per_centimetre ? 2.54 : 1);
  };
  return {read("Exif.Image.XResolution", otherwise.x), read("Exif.Image.YResolution", otherwise.y)};
}

Credits Metadata::credits(const Credits &otherwise) const {
  const auto first = [this](std::array<const char *, 3> tags, const std::string &otherwise) {
    for (const char *tag : tags)
      if (const std::string said = data ? text(data.get(), tag) : ""; !said.empty())
        return said;
    return otherwise;
  };
  return {first({"Exif.Image.Artist", "Xmp.dc.creator", "Iptc.Application2.Byline"}, otherwise.author),
          first({"Exif.Image.Copyright", "Xmp.dc.rights", "Iptc.Application2.Copyright"}, otherwise.copyright)};
}

bool Metadata::write(const std::string &path, const Written &picture, bool is_srgb) {
  const Credits &credits = picture.credits;
  const auto holds_something = [](GExiv2Metadata *data) {
    return gexiv2_metadata_has_exif(data) || gexiv2_metadata_has_xmp(data) || gexiv2_metadata_has_iptc(data);
  };
  if (!(data && holds_something(data.get())) && credits.author.empty() && credits.copyright.empty() && !picture.resolution.is_known())
    return true;
  if (!data)
    *this = Metadata(path);
  GExiv2Metadata *source = data.get();
  if (!source)
    return false;
  gexiv2_metadata_erase_exif_thumbnail(source, nullptr);
  for (const char *tag : storage_tags)
    gexiv2_metadata_clear_tag(source, tag, nullptr);
  clear_if(source, gexiv2_metadata_get_exif_tags(source), is_of_another_image);
  clear_if(source, gexiv2_metadata_get_xmp_tags(source), is_of_attachment);
  set_if_there(source, "Exif.Image.Orientation", 1);
  set_if_there(source, "Xmp.tiff.Orientation", 1);
  for (const char *tag : {"Exif.Photo.PixelXDimension", "Xmp.exif.PixelXDimension"})
    set_if_there(source, tag, picture.pixels.width);
  for (const char *tag : {"Exif.Photo.PixelYDimension", "Xmp.exif.PixelYDimension"})
    set_if_there(source, tag, picture.pixels.height);
  if (is_srgb) {
    for (const char *tag : {"Exif.Photo.ColorSpace", "Xmp.exif.ColorSpace"})
      set_if_there(source, tag, 1);
    if (has(source, "Exif.Iop.InteroperabilityIndex"))
      gexiv2_metadata_set_tag_string(source, "Exif.Iop.InteroperabilityIndex", "R98", nullptr);
  }
  constexpr int inch = 2;
  for (const char *space : {"Exif.Image.", "Xmp.tiff."}) {
    const auto tag = [space](const char *name) { return std::string(space) + name; };
    if (space[0] == 'X' && !has(source, tag("XResolution").c_str()))
      continue;
    set_text(source, tag("XResolution"), hundredths(picture.resolution.x));
    set_text(source, tag("YResolution"), hundredths(picture.resolution.y));
    set_text(source, tag("ResolutionUnit"), std::to_string(inch));
  }
  if (!credits.author.empty())
    set_text(source, "Exif.Image.Artist", credits.author);
  if (!credits.copyright.empty())
    set_text(source, "Exif.Image.Copyright", credits.copyright);
  return gexiv2_metadata_save_file(source, path.c_str(), nullptr);
}

} // namespace raster
