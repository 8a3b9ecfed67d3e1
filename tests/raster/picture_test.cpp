// SPDX-License-Identifier: GPL-3.0-or-later
#include "raster/picture.h"

#include <cmath>
#include <fstream>
#include <sys/stat.h>

#include "raster/gexiv2.h"

#include "base/failure.h"
#include "files.h"

namespace {

using raster::Picture;

class PictureTest : public PictureFiles {
protected:
  // A picture of 3 × 2 with a different colour everywhere.
  void make_six(const std::string &name, const std::string &options = "") const {
    magick("-size 3x2 xc:black -fill '#ff0000' -draw 'point 0,0' -fill '#00ff00' -draw 'point 1,0' -fill '#0000ff' -draw 'point 2,0' "
           "-fill '#336699' -draw 'point 0,1' -fill '#ffffff' -draw 'point 1,1' -fill '#808000' -draw 'point 2,1' -depth 8 " +
           options + " '" + name + "'");
  }
};

const std::array<std::array<int, 3>, 6> six{{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {0x33, 0x66, 0x99}, {255, 255, 255}, {128, 128, 0}}};

void expect_colors(const Picture &picture, const std::vector<size_t> &expected, double tolerance) {
  ASSERT_EQ(picture.pixels.rgba.size(), expected.size() * 4);
  for (size_t i = 0; i < expected.size(); i++) {
    for (size_t c = 0; c < 3; c++)
      EXPECT_NEAR(picture.pixels.rgba[i * 4 + c] * 255, six[expected[i]][c], tolerance) << "pixel " << i << ", component " << c;
    EXPECT_NEAR(picture.pixels.rgba[i * 4 + 3], 1, 1e-6);
  }
}

void expect_size(raster::Size size, int width, int height) {
  EXPECT_EQ(size.width, width);
  EXPECT_EQ(size.height, height);
}

std::string type_of(const Picture &picture) { return babl_get_name(babl_format_get_type(picture.format, 0)); }

TEST_F(PictureTest, EveryKindOfFileIsRead) {
  struct Case {
    const char *name, *options, *type;
    double tolerance; // in 255ths
  };
  const Case cases[] = {
      {"a.png", "", "u8", 0.01},
      {"interlaced.png", "-interlace PNG", "u8", 0.01},
      {"palette.png", "-type Palette", "u8", 0.01},
      {"a.tif", "", "u8", 0.01},
      {"lzw.tif", "-compress LZW", "u8", 0.01},
      {"planar.tif", "-interlace plane", "u8", 0.01},
      {"a.webp", "-define webp:lossless=true -define webp:exact=true", "u8", 1.01},
      {"a.gif", "", "u8", 0.01},
      {"a.ppm", "", "u8", 0.01},
      {"plain.ppm", "-compress none", "u8", 0.01},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.name);
    make_six(c.name, c.options);
    const Picture picture = raster::load(in(c.name));
    EXPECT_EQ(picture.pixels.width, 3);
    EXPECT_EQ(picture.pixels.height, 2);
    EXPECT_EQ(type_of(picture), c.type);
    EXPECT_TRUE(picture.notes.empty());
    expect_colors(picture, {0, 1, 2, 3, 4, 5}, c.tolerance);
    expect_size(raster::size_of(in(c.name)), 3, 2);
  }
}

// They may be those of another libvips than this one.
TEST_F(PictureTest, NoModulesOfLibvipsAreLoaded) {
  make_six("a.png");
  raster::load(in("a.png"));
  std::ifstream maps("/proc/self/maps");
  std::string line, vips;
  while (std::getline(maps, line))
    if (line.find("vips") != std::string::npos)
      vips += line + "\n";
  EXPECT_NE(vips.find("/libvips.so"), std::string::npos);
  EXPECT_EQ(vips.find("/vips-"), std::string::npos) << vips;
}

TEST_F(PictureTest, JpegIsRead) {
  magick("-size 40x30 xc:'#336699' -quality 100 a.jpg");
  const Picture picture = raster::load(in("a.jpg"));
  EXPECT_EQ(picture.pixels.width, 40);
  EXPECT_EQ(picture.pixels.height, 30);
  EXPECT_EQ(type_of(picture), "u8");
  for (const size_t pixel : {size_t{0}, size_t{40 * 30 - 1}}) {
    EXPECT_NEAR(picture.pixels.rgba[pixel * 4] * 255, 0x33, 1.5);
    EXPECT_NEAR(picture.pixels.rgba[pixel * 4 + 1] * 255, 0x66, 1.5);
    EXPECT_NEAR(picture.pixels.rgba[pixel * 4 + 2] * 255, 0x99, 1.5);
  }
}

TEST_F(PictureTest, ProgressiveGrayJpegsAreRead) {
  magick("-size 40x30 xc:'#6e6e6e' -interlace JPEG -colorspace Gray -quality 100 gray.jpg");
  const Picture gray = raster::load(in("gray.jpg"));
  EXPECT_EQ(babl_format_get_n_components(gray.format), 1);
  EXPECT_NEAR(gray.pixels.rgba[0] * 255, 0x6e, 1.5);
}

TEST_F(PictureTest, InksWithoutAProfileAreTheComplementsOfSrgb) {
  for (const char *name : {"a.jpg", "a.tif"}) {
    SCOPED_TRACE(name);
    magick("-size 40x30 xc:'cmyk(51,102,0,51)' -depth 8 -quality 100 " + std::string(name));
    const Picture picture = raster::load(in(name));
    EXPECT_EQ(type_of(picture), "u8");
    EXPECT_NEAR(picture.pixels.rgba[0], 0.8 * 0.8, 0.01);
    EXPECT_NEAR(picture.pixels.rgba[1], 0.6 * 0.8, 0.01);
    EXPECT_NEAR(picture.pixels.rgba[2], 1.0 * 0.8, 0.01);
  }
}

TEST_F(PictureTest, AGrayTiffMayCountFromWhite) {
  magick("-size 2x1 xc:'gray(20%)' -depth 8 -colorspace Gray -define quantum:polarity=min-is-white a.tif");
  ASSERT_EQ(bytes("a.tif")[8], 51) << "the first sample";
  EXPECT_NEAR(raster::load(in("a.tif")).pixels.rgba[0], 0.8, 1e-3);
}

TEST_F(PictureTest, SixteenBitsAreKept) {
  for (const char *name : {"a.png", "a.tif", "a.ppm"}) {
    SCOPED_TRACE(name);
    magick("-size 2x1 'xc:#3039d4310101' -depth 16 -define png:bit-depth=16 " + std::string(name));
    const int raw[] = {0x3039, 0xd431, 0x0101};
    const Picture picture = raster::load(in(name));
    EXPECT_EQ(type_of(picture), "u16");
    for (size_t c = 0; c < 3; c++)
      EXPECT_NEAR(picture.pixels.rgba[c] * 65535, raw[c], 0.6);
  }
}

TEST_F(PictureTest, FloatTiffIsRead) {
  magick("-size 2x1 xc:'rgb(20%,40%,80%)' -depth 32 -define quantum:format=floating-point a.tif");
  const Picture picture = raster::load(in("a.tif"));
  EXPECT_EQ(type_of(picture), "float");
  EXPECT_NEAR(picture.pixels.rgba[0], 0.2, 1e-4);
  EXPECT_NEAR(picture.pixels.rgba[2], 0.8, 1e-4);
}

TEST_F(PictureTest, AlphaIsRead) {
  for (const char *name : {"a.png", "a.tif", "a.webp"}) {
    SCOPED_TRACE(name);
    magick("-size 2x1 'xc:rgba(51,102,153,0.6)' -depth 8 -define webp:lossless=true " + std::string(name));
    const Picture picture = raster::load(in(name));
    EXPECT_TRUE(babl_format_has_alpha(picture.format));
    EXPECT_NEAR(picture.pixels.rgba[3], 0.6, 1e-3);
    EXPECT_NEAR(picture.pixels.rgba[1], 0.4, 5e-3);
  }
}

TEST_F(PictureTest, EmbeddedProfilesAreConverted) {
  int length = 0;
  const char *profile = babl_space_get_icc(adobe_space(), &length);
  put("adobe.icc", std::string(profile, static_cast<size_t>(length)));
  const auto expected = adobe_to_srgb({128 / 255.0, 100 / 255.0, 64 / 255.0});
  for (const char *name : {"a.png", "a.tif", "a.jpg", "a.webp"}) {
    SCOPED_TRACE(name);
    magick("-size 16x16 xc:'rgb(128,100,64)' -depth 8 -profile adobe.icc -quality 100 -sampling-factor 1x1 -define webp:lossless=true " +
           std::string(name));
    ASSERT_EQ(samples(name, "rgb", 8)[1], 100) << "ImageMagick must have assigned the profile, not converted to it";
    const Picture picture = raster::load(in(name));
    for (size_t c = 0; c < 3; c++)
      EXPECT_NEAR(picture.pixels.rgba[c], expected[c], 6e-3) << "component " << c;
  }
}

TEST_F(PictureTest, TheContentsTellTheKindAndNotTheName) {
  make_six("six.png");
  fs::rename(in("six.png"), in("six.jpg"));
  expect_colors(raster::load(in("six.jpg")), {0, 1, 2, 3, 4, 5}, 0.01);
}

TEST_F(PictureTest, PicturesAreTurnedUpright) {
  // Stored as 0 1 2 / 3 4 5; written out by hand from the words of the EXIF standard ("the 0th row is at the … of the picture").
  const std::vector<std::vector<size_t>> upright{{0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3}, {5, 4, 3, 2, 1, 0}, {3, 4, 5, 0, 1, 2},
                                                 {0, 3, 1, 4, 2, 5}, {3, 0, 4, 1, 5, 2}, {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3}};
  for (const char *name : {"a.png", "a.tif"})
    for (int orientation = 1; orientation <= 8; orientation++) {
      SCOPED_TRACE(name + std::string(", orientation ") + std::to_string(orientation));
      make_six(name);
      raster::Ref<GExiv2Metadata> metadata(gexiv2_metadata_new());
      ASSERT_TRUE(gexiv2_metadata_open_path(metadata.get(), in(name).c_str(), nullptr));
      gexiv2_metadata_set_tag_string(metadata.get(), "Exif.Image.Orientation", std::to_string(orientation).c_str(), nullptr);
      ASSERT_TRUE(gexiv2_metadata_save_file(metadata.get(), in(name).c_str(), nullptr));
      const Picture picture = raster::load(in(name));
      EXPECT_EQ(picture.pixels.width, orientation >= 5 ? 2 : 3);
      EXPECT_EQ(picture.pixels.height, orientation >= 5 ? 3 : 2);
      expect_colors(picture, upright[static_cast<size_t>(orientation - 1)], 0.01);
      expect_size(raster::size_of(in(name)), picture.pixels.width, picture.pixels.height);

      // Of the upright picture all but its first row and first column.
      const int width = picture.pixels.width, height = picture.pixels.height;
      const raster::Crop crop{1, 1, width - 1, height - 1};
      std::vector<size_t> rest;
      for (int y = 1; y < height; y++)
        for (int x = 1; x < width; x++)
          rest.push_back(upright[static_cast<size_t>(orientation - 1)][static_cast<size_t>(y * width + x)]);
      const Picture part = raster::load(in(name), 0, 0, crop);
      EXPECT_EQ(part.pixels.width, width - 1);
      expect_colors(part, rest, 0.01);
      expect_size(raster::size_of(in(name), 0, crop), width - 1, height - 1);
      for (const raster::Crop &beyond : {raster::Crop{0, 1, width, height}, {1, 0, width, height}}) {
        EXPECT_THROW(raster::load(in(name), 0, 0, beyond), pastiche::Failure);
        EXPECT_THROW(raster::size_of(in(name), 0, beyond), pastiche::Failure);
      }
    }
}

TEST_F(PictureTest, APartIsReadAsIfThereWereNoMore) {
  magick("-size 300x200 gradient: \\( -size 60x200 xc:black \\) -geometry +240+0 -composite a.png");
  magick("a.png -crop 240x100+0+50 +repage part.png");
  const raster::Crop crop{0, 50, 240, 100};
  const Picture part = raster::load(in("a.png"), 60, 20, crop), alone = raster::load(in("part.png"), 60, 20);
  EXPECT_EQ(part.pixels.width, 60);
  EXPECT_EQ(part.pixels.height, 25);
  EXPECT_EQ(part.pixels.rgba, alone.pixels.rgba); // nothing of the black beside it
  EXPECT_EQ(part.overview.rgba, alone.overview.rgba);
}

TEST_F(PictureTest, ALargePictureIsReadReducedAndASmallOneIsNotEnlarged) {
  magick("-size 300x120 xc:'#336699' a.png");
  const Picture reduced = raster::load(in("a.png"), 100);
  EXPECT_EQ(reduced.pixels.width, 100);
  EXPECT_EQ(reduced.pixels.height, 40);
  EXPECT_NEAR(reduced.pixels.rgba[100 * 40 * 4 - 3] * 255, 0x66, 1);
  EXPECT_EQ(raster::load(in("a.png"), 1000).pixels.width, 300);
  EXPECT_EQ(raster::load(in("a.png"), 300).pixels.width, 300);
  EXPECT_EQ(raster::load(in("a.png"), 1).pixels.height, 1);
}

TEST_F(PictureTest, AnOverviewDoesNotDependOnTheSizeOfThePicture) {
  magick("-size 300x120 plasma:fractal a.png");
  const double side = std::sqrt(150 * 60);
  const Picture small = raster::load(in("a.png"), 100, side), large = raster::load(in("a.png"), 0, side);
  EXPECT_EQ(small.overview.width, 150);
  EXPECT_EQ(small.overview.height, 60);
  EXPECT_EQ(small.overview.rgba, large.overview.rgba);
  EXPECT_EQ(raster::load(in("a.png"), 100, 1000).overview.rgba, large.pixels.rgba);
  EXPECT_TRUE(raster::load(in("a.png")).overview.rgba.empty());
}

TEST_F(PictureTest, SizesAreReadFromTheFilesHeads) {
  for (const char *name : {"a.jpg", "a.png", "a.tif", "a.webp", "a.gif", "a.pgm"}) {
    SCOPED_TRACE(name);
    magick(std::string("-size 300x120 xc:'#336699' ") + name);
    expect_size(raster::size_of(in(name)), 300, 120);
    expect_size(raster::size_of(in(name), 100), 100, 40);
    expect_size(raster::size_of(in(name), 1), 1, 1);
    expect_size(raster::size_of(in(name), 400), 300, 120);
  }
  // A JPEG without its pixels still has a size; one without its head has none.
  put("head.jpg", bytes("a.jpg").substr(0, 400));
  ASSERT_LT(bytes("head.jpg").find("\xff\xc0"), 300U);
  expect_size(raster::size_of(in("head.jpg")), 300, 120);
  put("cut.jpg", bytes("a.jpg").substr(0, 60));
  EXPECT_THROW(raster::size_of(in("cut.jpg")), pastiche::Failure);
  EXPECT_THROW(raster::size_of(in("gone.png")), pastiche::Failure);
}

TEST_F(PictureTest, WhatIsNoPictureIsSaidSo) {
  put("empty.png", "");
  put("note.txt", "Remember the milk.\n");
  put("short.png", "\x89P");
  fs::create_directory(in("album.jpg"));
  ASSERT_EQ(mkfifo(in("pipe.png").c_str(), 0600), 0);
  EXPECT_EQ(fault("gone.png"), "“" + in("gone.png") + "” does not exist.");
  EXPECT_EQ(fault("empty.png"), "“" + in("empty.png") + "” is empty.");
  EXPECT_EQ(fault("album.jpg"), "“" + in("album.jpg") + "” is a folder, not a picture.");
  EXPECT_EQ(fault("pipe.png"), "“" + in("pipe.png") + "” is not a file.");
  for (const char *name : {"note.txt", "short.png"})
    EXPECT_NE(fault(name).find("is not a picture of a kind Pastiche reads"), std::string::npos) << fault(name);
  EXPECT_NE(fault("note.txt/x.png").find("cannot be opened"), std::string::npos) << fault("note.txt/x.png");
}

TEST_F(PictureTest, AFileThatIsCutShortIsAnError) {
  struct Case {
    const char *name, *options;
  };
  const Case cases[] = {{"a.png", ""}, {"interlaced.png", "-interlace PNG"},
                        {"a.jpg", ""}, {"progressive.jpg", "-interlace JPEG"},
                        {"a.tif", ""}, {"a.webp", ""},
                        {"a.gif", ""}, {"a.ppm", ""}};
  for (const Case &c : cases) {
    magick("-size 200x150 -seed 1 plasma:tomato-steelblue -depth 8 -define png:exclude-chunks=date,time " + std::string(c.options) + " " +
           c.name);
    ASSERT_EQ(fault(c.name), "(loaded)") << c.name;
    const std::string whole = bytes(c.name);
    for (const size_t length : {size_t{12}, whole.size() / 8, whole.size() / 2, whole.size() * 9 / 10, whole.size() - 300}) {
      put(c.name, whole.substr(0, length));
      EXPECT_EQ(fault(c.name), "“" + in(c.name) + "” is damaged or cut short.") << length << " of " << whole.size() << " bytes";
    }
  }
}

TEST_F(PictureTest, ABrokenHeaderIsAnErrorAndNotTheEndOfTheProcess) {
  put("a.jpg", "\xff\xd8\xff\xe0" + std::string(200, 'x'));
  EXPECT_NE(fault("a.jpg"), "(loaded)");
  std::string twelve_bits("\xff\xd8\xff\xc0\x00\x0b\x0c\x00\x10\x00\x10\x01\x01\x11\x00\xff\xd9", 17);
  put("b.jpg", twelve_bits);
  EXPECT_NE(fault("b.jpg").find("cannot be read as a JPEG picture"), std::string::npos) << fault("b.jpg");
  put("a.webp", std::string("RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0abcdefgh", 28));
  EXPECT_EQ(fault("a.webp"), "“" + in("a.webp") + "” is damaged or cut short.");
  put("a.tif", std::string("II*\0\xff\xff\xff\x7f", 8) + std::string(100, '\0'));
  EXPECT_EQ(fault("a.tif"), "“" + in("a.tif") + "” is damaged or cut short.");
  put("a.exr", std::string("v/1\x01\x02\0\0\0", 8) + std::string(100, 'x'));
  EXPECT_EQ(fault("a.exr"), "“" + in("a.exr") + "” is damaged or cut short.");
}

TEST_F(PictureTest, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
  // A whole PNG that says it has 60000 × 60000 pixels of gray.
  put("a.png", std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xea\x60\0\0\xea\x60\x08\0\0\0\0\xa5\xb9\x2a\x9e"
                           "\0\0\0\x09IDAT\x78\x9c\x63\0\0\0\x01\0\x01\x5e\xff\x7d\xf9\0\0\0\0IEND\xae\x42\x60\x82",
                           66));
  EXPECT_EQ(fault("a.png"), "“" + in("a.png") + "” has 60000 × 60000 pixels, more than the 536 million that can be read.");
  // A JPEG's frame header with 60000 × 60000 pixels of gray, and its scan header.
  put("a.jpg",
      std::string("\xff\xd8\xff\xc0\x00\x0b\x08\xea\x60\xea\x60\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\xff\xd9", 27));
  EXPECT_EQ(fault("a.jpg"), "“" + in("a.jpg") + "” has 60000 × 60000 pixels, more than the 536 million that can be read.");
}

TEST_F(PictureTest, AnUnusableProfileIsSaidAndTheColoursAreTakenForSrgb) {
  magick("-size 8x8 xc:'#336699' -quality 100 -sampling-factor 1x1 a.jpg");
  std::string jpeg = bytes("a.jpg");
  const std::string profile("ICC_PROFILE\0\x01\x01garbage that is no profile", 40);
  const auto length = static_cast<char>(profile.size() + 2);
  jpeg.insert(2, std::string("\xff\xe2\0", 3) + length + profile);
  put("a.jpg", jpeg);
  const Picture picture = raster::load(in("a.jpg"));
  ASSERT_EQ(picture.notes.size(), 1U);
  EXPECT_EQ(picture.notes[0], "The colour profile of “" + in("a.jpg") + "” cannot be used; its colours are taken for sRGB.");
  EXPECT_NEAR(picture.pixels.rgba[0] * 255, 0x33, 1.5);
}

} // namespace
