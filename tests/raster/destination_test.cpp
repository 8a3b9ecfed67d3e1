// SPDX-License-Identifier: GPL-3.0-or-later
#include "raster/destination.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <map>

#include "raster/gexiv2.h"

#include "base/failure.h"
#include "files.h"

namespace {

using raster::Destination;
using raster::Picture;
using raster::Pixels;

Picture content_of(const char *encoding, const Babl *space = nullptr) {
  Picture picture;
  picture.format = babl_format_with_space(encoding, space);
  return picture;
}

// A picture of one colour, given in 255ths.
Pixels flat(int width, int height, std::array<double, 4> color) {
  Pixels pixels{width, height, {}};
  for (int i = 0; i < width * height; i++)
    for (const double value : color)
      pixels.rgba.push_back(static_cast<float>(value / 255));
  return pixels;
}

class DestinationTest : public Files {
protected:
  std::vector<std::string> save(const std::string &name, const Pixels &pixels, Picture content, bool gray = false) const {
    return Destination(in(name)).save(pixels.view(), content, gray);
  }
  std::string fault(const std::string &path) const {
    try {
      const Destination destination(path);
    } catch (const pastiche::Failure &error) {
      return error.what();
    }
    return "(fine)";
  }
  // Sets tags of a file that is there.
  void set(const std::string &name, const std::map<std::string, std::string> &tags) const {
    const raster::Ref<GExiv2Metadata> metadata(gexiv2_metadata_new());
    ASSERT_TRUE(gexiv2_metadata_open_path(metadata.get(), in(name).c_str(), nullptr));
    for (const auto &[tag, value] : tags)
      ASSERT_TRUE(gexiv2_metadata_set_tag_string(metadata.get(), tag.c_str(), value.c_str(), nullptr)) << tag;
    ASSERT_TRUE(gexiv2_metadata_save_file(metadata.get(), in(name).c_str(), nullptr));
  }
  std::string tag(const std::string &name, const char *tag) const {
    const raster::Ref<GExiv2Metadata> metadata(gexiv2_metadata_new());
    EXPECT_TRUE(gexiv2_metadata_open_path(metadata.get(), in(name).c_str(), nullptr)) << name;
    char *text = gexiv2_metadata_get_tag_string(metadata.get(), tag, nullptr);
    const std::string value = text ? text : "(none)";
    g_free(text);
    return value;
  }
};

TEST_F(DestinationTest, DepthIsKeptWhereTheKindOfFileHasIt) {
  struct Case {
    const char *encoding, *name, *depth;
  };
  const Case cases[] = {
      {"R'G'B' u8", "a.png", "8"},    {"R'G'B' u16", "a.png", "16"}, {"R'G'B' half", "a.png", "16"}, {"RGB float", "a.png", "16"},
      {"R'G'B' u8", "a.jpg", "8"},    {"R'G'B' u16", "a.jpg", "8"},  {"R'G'B' u8", "a.tif", "8"},    {"R'G'B' u16", "a.tif", "16"},
      {"R'G'B' half", "a.tif", "16"}, {"R'G'B' u16", "a.webp", "8"}, {"R'G'B' u16", "A.TIFF", "16"},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(std::string(c.encoding) + " to " + c.name);
    // Numbers that need all the bits there are: ImageMagick tells the depth that the samples need.
    save(c.name, flat(20, 10, {50.3, 101.4, 153.6, 255}), content_of(c.encoding));
    EXPECT_EQ(magick("identify -format '%wx%h %[bit-depth]' " + std::string(c.name)), "20x10 " + std::string(c.depth));
    const std::vector<int> pixel = samples(c.name, "rgb", 8);
    const double tolerance = std::string(c.name).ends_with(".webp") ? 3 : 1;
    EXPECT_NEAR(pixel[0], 50.3, tolerance);
    EXPECT_NEAR(pixel[1], 101.4, tolerance);
    EXPECT_NEAR(pixel[2], 153.6, tolerance);
    EXPECT_EQ(names().size(), 1U);
    fs::remove(in(c.name));
  }
}

TEST_F(DestinationTest, SixteenBitsAreExact) {
  save("a.png", flat(1, 1, {12345 / 257.0, 54321 / 257.0, 1 / 257.0, 255}), content_of("R'G'B' u16"));
  EXPECT_EQ(samples("a.png", "rgb", 16), (std::vector<int>{12345, 54321, 1}));
  save("a.tif", flat(1, 1, {12345 / 257.0, 54321 / 257.0, 1 / 257.0, 255}), content_of("R'G'B' u16"));
  EXPECT_EQ(samples("a.tif", "rgb", 16), (std::vector<int>{12345, 54321, 1}));
}

TEST_F(DestinationTest, FloatStaysFloat) {
  save("a.tif", flat(2, 2, {50.3, 101.4, 153.6, 255}), content_of("R'G'B' float"));
  EXPECT_EQ(tag("a.tif", "Exif.Image.BitsPerSample"), "32 32 32");
  EXPECT_EQ(tag("a.tif", "Exif.Image.SampleFormat"), "3 3 3"); // IEEE floating point
  EXPECT_NEAR(raster::load(in("a.tif")).pixels.rgba[1], 101.4 / 255, 1e-5);
}

TEST_F(DestinationTest, OpenExrIsLinearAndComesBackTheSame) {
  save("a.exr", flat(4, 3, {51, 102, 204, 128}), content_of("R'G'B'A float"));
  const Picture picture = raster::load(in("a.exr"));
  EXPECT_EQ(std::string(babl_get_name(babl_format_get_type(picture.format, 0))), "float");
  EXPECT_NEAR(picture.pixels.rgba[0], 0.2, 1e-3);
  EXPECT_NEAR(picture.pixels.rgba[2], 0.8, 1e-3);
  EXPECT_NEAR(picture.pixels.rgba[3], 128 / 255.0, 1e-3);
  EXPECT_EQ(raster::size_of(in("a.exr")).width, 4);
  EXPECT_EQ(raster::size_of(in("a.exr")).height, 3);
  const std::string whole = bytes("a.exr");
  put("cut.exr", whole.substr(0, whole.size() / 2));
  EXPECT_THROW(raster::load(in("cut.exr")), pastiche::Failure);
}

TEST_F(DestinationTest, TheProfileIsKeptAndTheColoursAreThoseOfThePicture) {
  const std::array<double, 3> adobe{128 / 255.0, 100 / 255.0, 64 / 255.0};
  const auto srgb = adobe_to_srgb(adobe);
  const Pixels pixels = flat(16, 16, {srgb[0] * 255, srgb[1] * 255, srgb[2] * 255, 255});
  int length = 0;
  babl_space_get_icc(adobe_space(), &length);
  for (const char *name : {"a.png", "a.jpg", "a.tif", "a.webp"}) {
    SCOPED_TRACE(name);
    const double tolerance = std::string(name).ends_with(".webp") ? 3 : 1.5;
    save(name, pixels, content_of("R'G'B' u8", adobe_space()));
    magick(std::string(name) + " found.icc");
    EXPECT_EQ(bytes("found.icc").size(), static_cast<size_t>(length));
    const std::vector<int> raw = samples(name, "rgb", 8);
    EXPECT_NEAR(raw[0], 128, tolerance);
    EXPECT_NEAR(raw[1], 100, tolerance);
    EXPECT_NEAR(raw[2], 64, tolerance);
    EXPECT_NEAR(raster::load(in(name)).pixels.rgba[0], srgb[0], tolerance / 255);
    fs::remove(in("found.icc"));
  }
  EXPECT_EQ(bytes("a.png").find("gAMA"), std::string::npos);
}

TEST_F(DestinationTest, ShadowsOfALinearPictureOutliveEightBits) {
  const Babl *curve = babl_trc("linear");
  const Babl *linear = babl_space_from_chromaticities("linear P3", 0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06, curve, curve, curve,
                                                      BABL_SPACE_FLAG_EQUALIZE);
  for (const char *name : {"a.jpg", "a.webp", "a.png"}) {
    save(name, flat(16, 16, {9, 9, 9, 255}), content_of(std::string(name) == "a.png" ? "RGB u16" : "RGB float", linear));
    EXPECT_NEAR(raster::load(in(name)).pixels.rgba[0] * 255, 9, 1.01) << name; // of linear light 8 bits know 0, 13 and 22
  }
}

TEST_F(DestinationTest, PlainSrgbNeedsNoProfile) {
  save("a.jpg", flat(8, 8, {10, 20, 30, 255}), content_of("R'G'B' u8"));
  EXPECT_EQ(bytes("a.jpg").find("ICC_PROFILE"), std::string::npos);
}

TEST_F(DestinationTest, AlphaIsKeptOrPutOnWhite) {
  const Pixels pixels = flat(16, 16, {51, 102, 0, 102}); // 40 % opaque
  for (const char *name : {"a.png", "a.tif"}) {
    EXPECT_TRUE(save(name, pixels, content_of("R'G'B'A u8")).empty());
    const std::vector<int> raw = samples(name, "rgba", 8);
    EXPECT_EQ((std::vector<int>(raw.begin(), raw.begin() + 4)), (std::vector<int>{51, 102, 0, 102})) << name;
  }
  EXPECT_TRUE(save("a.webp", pixels, content_of("R'G'B'A u8")).empty());
  EXPECT_NEAR(samples("a.webp", "rgba", 8)[3], 102, 1);

  const std::vector<std::string> notes = save("a.jpg", pixels, content_of("R'G'B'A u8"));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], "A JPEG cannot be transparent: “" + in("a.jpg") + "” was put on white.");
  const std::vector<int> raw = samples("a.jpg", "rgb", 8);
  EXPECT_NEAR(raw[0], 0.4 * 51 + 0.6 * 255, 1.5);
  EXPECT_NEAR(raw[1], 0.4 * 102 + 0.6 * 255, 1.5);
  EXPECT_NEAR(raw[2], 0.6 * 255, 1.5);
  EXPECT_TRUE(save("a.jpg", flat(2, 2, {1, 2, 3, 255}), content_of("R'G'B'A u8")).empty()) << "nothing was lost";
}

TEST_F(DestinationTest, APictureWithoutAlphaGetsNone) {
  save("a.png", flat(2, 2, {51, 102, 0, 255}), content_of("R'G'B' u8"));
  EXPECT_EQ(magick("identify -format '%[channels]' a.png").substr(0, 4), "srgb");
  EXPECT_EQ(magick("identify -format '%[opaque] %[type]' a.png").substr(0, 4), "True");
}

TEST_F(DestinationTest, GrayIsWrittenWhenAskedForAndColourOtherwise) {
  for (const char *name : {"a.png", "a.jpg", "a.tif"}) {
    SCOPED_TRACE(name);
    save(name, flat(8, 8, {110, 110, 110, 255}), content_of("Y' u8"), true);
    EXPECT_EQ(magick("identify -format '%[colorspace]' " + std::string(name)), "Gray");
    EXPECT_NEAR(samples(name, "gray", 8)[0], 110, 1);
    save(name, flat(8, 8, {200, 110, 20, 255}), content_of("Y' u8"), false);
    EXPECT_EQ(magick("identify -format '%[colorspace]' " + std::string(name)), "sRGB");
    EXPECT_NEAR(samples(name, "rgb", 8)[0], 200, 1.5);
  }
}

TEST_F(DestinationTest, MetadataIsKeptButForWhatIsNoLongerTrue) {
  magick("-size 30x20 xc:gray content.jpg");
  {
    const raster::Ref<GExiv2Metadata> metadata(gexiv2_metadata_new());
    ASSERT_TRUE(gexiv2_metadata_open_path(metadata.get(), in("content.jpg").c_str(), nullptr));
    GExiv2Metadata *m = metadata.get();
    gexiv2_metadata_set_tag_string(m, "Exif.Image.Artist", "Ada", nullptr);
    gexiv2_metadata_set_tag_string(m, "Exif.Photo.DateTimeOriginal", "2020:02:20 20:20:20", nullptr);
    gexiv2_metadata_set_tag_string(m, "Exif.GPSInfo.GPSLatitudeRef", "N", nullptr);
    gexiv2_metadata_set_tag_string(m, "Exif.Image.Orientation", "6", nullptr);
    gexiv2_metadata_set_tag_string(m, "Exif.Photo.PixelXDimension", "30", nullptr);
    gexiv2_metadata_set_tag_string(m, "Exif.Photo.PixelYDimension", "20", nullptr);
    gexiv2_metadata_set_tag_string(m, "Xmp.dc.creator", "Grace", nullptr);
    gexiv2_metadata_set_tag_string(m, "Xmp.tiff.Orientation", "6", nullptr);
    gexiv2_metadata_set_tag_string(m, "Iptc.Application2.City", "Ulm", nullptr);
    const std::string thumbnail = bytes("content.jpg");
    gexiv2_metadata_set_exif_thumbnail_from_buffer(m, reinterpret_cast<const guint8 *>(thumbnail.data()),
                                                   static_cast<int>(thumbnail.size()), nullptr);
    ASSERT_TRUE(gexiv2_metadata_save_file(m, in("content.jpg").c_str(), nullptr));
  }
  ASSERT_EQ(tag("content.jpg", "Exif.Thumbnail.Compression"), "6");
  for (const char *name : {"a.jpg", "a.png", "a.tif", "a.webp"}) {
    SCOPED_TRACE(name);
    Picture content = raster::load(in("content.jpg"));
    EXPECT_TRUE(save(name, flat(10, 15, {51, 102, 153, 255}), std::move(content)).empty());
    EXPECT_EQ(tag(name, "Exif.Image.Artist"), "Ada");
    EXPECT_EQ(tag(name, "Exif.Photo.DateTimeOriginal"), "2020:02:20 20:20:20");
    EXPECT_EQ(tag(name, "Exif.GPSInfo.GPSLatitudeRef"), "N");
    EXPECT_EQ(tag(name, "Xmp.dc.creator"), "Grace");
    EXPECT_EQ(tag(name, "Exif.Image.Orientation"), "1");
    EXPECT_EQ(tag(name, "Exif.Photo.PixelXDimension"), "10");
    EXPECT_EQ(tag(name, "Exif.Photo.PixelYDimension"), "15");
    EXPECT_EQ(tag(name, "Exif.Thumbnail.Compression"), "(none)");
    EXPECT_NE(tag(name, "Xmp.tiff.Orientation"), "6");
    if (std::string(name) != "a.webp") { // which has no room for it
      EXPECT_EQ(tag(name, "Iptc.Application2.City"), "Ulm");
    }
    const Picture back = raster::load(in(name));
    EXPECT_EQ(back.pixels.width, 10);
    EXPECT_EQ(back.pixels.height, 15);
    EXPECT_NEAR(back.pixels.rgba[0] * 255, 51, 3);
    EXPECT_EQ(magick("identify -format '%wx%h' " + std::string(name)), "10x15");
  }
}

TEST_F(DestinationTest, AdobeRgbByExifIsHonouredAndNotSaidOfSrgb) {
  const std::array<double, 3> adobe{128 / 255.0, 100 / 255.0, 64 / 255.0};
  const auto srgb = adobe_to_srgb(adobe);
  magick("-size 16x16 xc:'rgb(128,100,64)' -quality 100 -sampling-factor 1x1 adobe.jpg");
  set("adobe.jpg", {{"Exif.Photo.ColorSpace", "65535"}, {"Exif.Iop.InteroperabilityIndex", "R03"}});
  const Picture adobe_picture = raster::load(in("adobe.jpg"));
  for (size_t c = 0; c < 3; c++)
    EXPECT_NEAR(adobe_picture.pixels.rgba[c], srgb[c], 8e-3);
  for (const char *name : {"a.jpg", "a.png", "a.webp", "a.tif"}) {
    SCOPED_TRACE(name);
    Picture content = raster::load(in("adobe.jpg"));
    save(name, raster::load(in("adobe.jpg")).pixels, std::move(content));
    EXPECT_EQ(tag(name, "Exif.Iop.InteroperabilityIndex"), "R03");
    const Picture back = raster::load(in(name)); // by its profile
    for (size_t c = 0; c < 3; c++)
      EXPECT_NEAR(back.pixels.rgba[c], srgb[c], std::string(name) == "a.webp" ? 12e-3 : 8e-3);
    Picture other = raster::load(in("adobe.jpg"));
    save(name, flat(16, 16, {100, 100, 100, 255}), std::move(other), true);
    EXPECT_EQ(tag(name, "Exif.Iop.InteroperabilityIndex"), "R98");
    EXPECT_EQ(tag(name, "Exif.Photo.ColorSpace"), "1");
  }
  // Nor is it believed beside a profile.
  magick("adobe.jpg -profile /usr/share/color/icc/ghostscript/srgb.icc both.jpg");
  EXPECT_NEAR(raster::load(in("both.jpg")).pixels.rgba[0] * 255, 128, 2);
}

TEST_F(DestinationTest, ResolutionIsKeptInEveryKindOfFile) {
  for (const char *from : {"jfif.jpg", "phys.png", "a.tif"}) {
    magick("-size 20x10 xc:gray -density 300x150 -units PixelsPerInch " + std::string(from));
    for (const char *name : {"b.jpg", "b.png", "b.tif", "b.webp", "b.exr"}) {
      SCOPED_TRACE(from + std::string(" to ") + name);
      Picture content = raster::load(in(from));
      EXPECT_NEAR(content.resolution.x, 300, 0.01);
      EXPECT_NEAR(content.resolution.y, 150, 0.01);
      save(name, flat(20, 10, {51, 102, 153, 255}), std::move(content));
      if (const std::string kind = name; kind != "b.webp" && kind != "b.exr") {
        EXPECT_EQ(magick("identify -units PixelsPerInch -format '%[fx:round(resolution.x)]x%[fx:round(resolution.y)]' " + kind), "300x150");
      }
      EXPECT_NEAR(raster::load(in(name)).resolution.x, 300, 0.01);
      EXPECT_NEAR(raster::load(in(name)).resolution.y, 150, 0.01);
    }
  }
  // Turned by a quarter, columns become rows.
  set("a.tif", {{"Exif.Image.Orientation", "6"}});
  EXPECT_NEAR(raster::load(in("a.tif")).resolution.x, 150, 0.01);
  EXPECT_NEAR(raster::load(in("a.tif")).resolution.y, 300, 0.01);
}

TEST_F(DestinationTest, AuthorAndCopyrightAreKeptWhateverToldThem) {
  magick("-size 20x10 xc:gray -set Author 'Ada Ü' -set Copyright 'Bob' text.png");
  magick("-size 20x10 xc:gray xmp.jpg");
  set("xmp.jpg", {{"Xmp.dc.creator", "Ada Ü"}, {"Xmp.dc.rights", "Bob"}});
  magick("-size 20x10 xc:gray iptc.jpg");
  set("iptc.jpg", {{"Iptc.Application2.Byline", "Ada Ü"}, {"Iptc.Application2.Copyright", "Bob"}});
  for (const char *from : {"text.png", "xmp.jpg", "iptc.jpg"})
    for (const char *name : {"b.jpg", "b.png", "b.tif", "b.webp", "b.exr"}) {
      SCOPED_TRACE(from + std::string(" to ") + name);
      Picture content = raster::load(in(from));
      save(name, flat(20, 10, {51, 102, 153, 255}), std::move(content));
      const raster::Credits back = raster::load(in(name)).credits;
      EXPECT_EQ(back.copyright, "Bob");
      if (std::string(name) != "b.exr") { // which has only an owner
        EXPECT_EQ(back.author, "Ada Ü");
      }
    }
}

TEST_F(DestinationTest, WhatBelongsToTheOldFileAloneStaysBehind) {
  magick("-size 20x10 xc:gray -depth 8 content.tif");
  const auto register_prefix = [](const char *uri, const char *prefix) { gexiv2_metadata_register_xmp_namespace(uri, prefix, nullptr); };
  register_prefix("http://ns.google.com/photos/1.0/camera/", "GCamera");
  register_prefix("http://ns.adobe.com/hdr-gain-map/1.0/", "hdrgm");
  set("content.tif",
      {{"Exif.Image.Artist", "Ada"}, {"Xmp.GCamera.MotionPhoto", "1"}, {"Xmp.hdrgm.Version", "1.0"}, {"Xmp.dc.creator", "Ada"}});
  for (const char *name : {"a.tif", "a.jpg", "a.png", "a.webp"}) {
    SCOPED_TRACE(name);
    Picture content = raster::load(in("content.tif"));
    save(name, flat(20, 10, {51, 102, 153, 255}), std::move(content));
    for (const char *gone : {"Xmp.GCamera.MotionPhoto", "Xmp.hdrgm.Version"})
      EXPECT_EQ(tag(name, gone), "(none)") << gone;
    EXPECT_EQ(tag(name, "Xmp.dc.creator"), "Ada");
  }
}

TEST_F(DestinationTest, ATiffsLayoutDoesNotSlipIntoAnother) {
  magick("-size 300x200 -seed 1 plasma:red-blue -depth 16 -compress Zip -define tiff:tile-geometry=64x64 -set exif:Artist Ada tiled.tif");
  Picture content = raster::load(in("tiled.tif"));
  save("a.tif", flat(7, 5, {51, 102, 153, 255}), std::move(content));
  EXPECT_EQ(magick("identify -format '%wx%h' a.tif"), "7x5");
  const std::vector<int> raw = samples("a.tif", "rgb", 16);
  ASSERT_EQ(raw.size(), 7U * 5 * 3);
  EXPECT_EQ(raw[7 * 5 * 3 - 1], 153 * 257);
}

TEST_F(DestinationTest, WhatCannotBeWrittenIsSaidBeforeAnyWork) {
  fs::create_directory(in("album.png"));
  fs::create_directory(in("album"));
  EXPECT_EQ(fault(in("gone/a.png")), "There is no folder “" + in("gone") + "”.");
  EXPECT_EQ(fault(in("album.png")), "“" + in("album.png") + "” is a folder; give the name of a file.");
  EXPECT_EQ(fault(in("album")), "“" + in("album") + "” is a folder; give the name of a file.");
  for (const char *name : {"a", "a.xcf", "a.png.txt", ".png"})
    EXPECT_EQ(fault(in(name)),
              "The name “" + in(name) + "” does not tell what kind of file to write; it must end in .png, .jpg, .tif, .webp or .exr.");
  EXPECT_NE(fault("/proc/a.png").find("The folder “/proc” cannot be written to"), std::string::npos) << fault("/proc/a.png");
  EXPECT_EQ(fault("/dev/full/a.png"), "There is no folder “/dev/full”.");
  EXPECT_EQ(fault(in("a.PNG")), "(fine)");
  EXPECT_EQ(names().size(), 2U) << "looking leaves nothing behind";

  const Destination jpeg(in("a.jpg")), webp(in("a.webp")), png(in("a.png"));
  EXPECT_THROW(jpeg.check_size(65501, 10), pastiche::Failure);
  EXPECT_NO_THROW(jpeg.check_size(65500, 10));
  EXPECT_THROW(webp.check_size(10, 16384), pastiche::Failure);
  EXPECT_NO_THROW(png.check_size(100000, 10));
}

// A limit on the size of files stands for a disk that is full: writes fail in the middle.
class FullDisk {
public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    old_handler = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
  }

private:
  rlimit before{};
  void (*old_handler)(int);
};

TEST_F(DestinationTest, AFullDiskLeavesWhatWasThereAndNothingElse) {
  // Noise, so that no format makes it small.
  Pixels noise{160, 160, {}};
  uint32_t state = 1;
  for (int i = 0; i < 160 * 160 * 4; i++) {
    state = state * 1664525 + 1013904223;
    noise.rgba.push_back(i % 4 == 3 ? 1.0F : static_cast<float>(state >> 8) / (1 << 24));
  }
  for (const char *name : {"a.png", "a.jpg", "a.tif", "a.webp", "a.exr"}) {
    SCOPED_TRACE(name);
    put(name, "what was there before");
    std::string sentence;
    try {
      const FullDisk full(8192);
      save(name, noise, content_of("R'G'B' u8"));
    } catch (const pastiche::Failure &error) {
      sentence = error.what();
    }
    EXPECT_TRUE(sentence.starts_with("“" + in(name) + "” cannot be written: ")) << sentence;
    EXPECT_EQ(bytes(name), "what was there before");
    EXPECT_EQ(names(), std::vector<std::string>{name});
    fs::remove(in(name));
  }
}

TEST_F(DestinationTest, PermissionsAndLinksStayAsTheyWere) {
  const mode_t before = umask(027);
  save("new.png", flat(2, 2, {1, 2, 3, 255}), content_of("R'G'B' u8"));
  umask(before);
  EXPECT_EQ(fs::status(in("new.png")).permissions(), fs::perms(0640));

  put("old.jpg", "");
  fs::permissions(in("old.jpg"), fs::perms(0604));
  fs::create_symlink("old.jpg", in("link.jpg"));
  save("link.jpg", flat(2, 2, {1, 2, 3, 255}), content_of("R'G'B' u8"));
  EXPECT_TRUE(fs::is_symlink(in("link.jpg")));
  EXPECT_EQ(fs::status(in("old.jpg")).permissions(), fs::perms(0604));
  EXPECT_EQ(magick("identify -format '%wx%h' old.jpg"), "2x2");
}

} // namespace
