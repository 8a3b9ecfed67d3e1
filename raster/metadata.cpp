// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata.h"

#include <array>
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
    "Xmp.tiff.ImageWidth",
    "Xmp.tiff.ImageLength",
    "Xmp.tiff.BitsPerSample",
    "Xmp.tiff.Compression",
    "Xmp.tiff.PhotometricInterpretation",
    "Xmp.xmp.Thumbnails",
};

bool is_of_another_image(std::string_view tag) {
  return tag.starts_with("Exif.Thumbnail.") || tag.starts_with("Exif.SubImage") || tag.starts_with("Exif.Image2.") ||
         tag.starts_with("Exif.Image3.");
}

bool has(GExiv2Metadata *data, const char *tag) { return gexiv2_metadata_try_has_tag(data, tag, nullptr); }

// As text, so that the tag keeps its type: a number would make it signed, which readers of TIFF do not take.
void set_if_there(GExiv2Metadata *data, const char *tag, int value) {
  if (has(data, tag))
    gexiv2_metadata_try_set_tag_string(data, tag, std::to_string(value).c_str(), nullptr);
}

} // namespace

Metadata::Metadata(const std::string &path) {
  gexiv2_log_set_level(GEXIV2_LOG_LEVEL_MUTE); // it complains about the oddities of cameras
  data.reset(gexiv2_metadata_new());
  if (!gexiv2_metadata_open_path(data.get(), path.c_str(), nullptr))
    data.reset();
}

int Metadata::orientation() const {
  const int orientation = data ? gexiv2_metadata_try_get_orientation(data.get(), nullptr) : 1;
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

bool Metadata::zero_is_white() const {
  const char *tag = "Exif.Image.PhotometricInterpretation";
  return data && has(data.get(), tag) && gexiv2_metadata_try_get_tag_long(data.get(), tag, nullptr) == 0;
}

bool Metadata::write(const std::string &path, int width, int height) {
  GExiv2Metadata *source = data.get();
  if (!source || !(gexiv2_metadata_has_exif(source) || gexiv2_metadata_has_xmp(source) || gexiv2_metadata_has_iptc(source)))
    return true;
  gexiv2_metadata_try_erase_exif_thumbnail(source, nullptr);
  for (const char *tag : storage_tags)
    gexiv2_metadata_try_clear_tag(source, tag, nullptr);
  char **tags = gexiv2_metadata_get_exif_tags(source);
  for (char **tag = tags; *tag; tag++)
    if (is_of_another_image(*tag))
      gexiv2_metadata_try_clear_tag(source, *tag, nullptr);
  g_strfreev(tags);
  set_if_there(source, "Exif.Image.Orientation", 1);
  set_if_there(source, "Xmp.tiff.Orientation", 1);
  set_if_there(source, "Exif.Photo.PixelXDimension", width);
  set_if_there(source, "Exif.Photo.PixelYDimension", height);
  set_if_there(source, "Xmp.exif.PixelXDimension", width);
  set_if_there(source, "Xmp.exif.PixelYDimension", height);
  return gexiv2_metadata_save_file(source, path.c_str(), nullptr);
}

} // namespace raster
