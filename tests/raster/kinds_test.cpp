// SPDX-License-Identifier: GPL-3.0-or-later
// Files of kinds that people have: what is in them is made here byte by byte, or by OpenEXR and ImageMagick.
#include "raster/kinds.h"

#include <ImfArray.h>
#include <ImfChannelList.h>
#include <ImfChromaticities.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfOutputFile.h>
#include <ImfStandardAttributes.h>

#include <map>
#include <numeric>
#include <optional>

#include "base/failure.h"
#include "files.h"
#include "raster/destination.h"
#include "raster/picture.h"

namespace {

using namespace std::literals;
using raster::Kind;
using raster::Picture;

std::string little(uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; i++)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

// --- TIFF 6.0, little-endian ------------------------------------------------------------------------------------------------------

enum : uint32_t { subfile_type = 254, photometric = 262, extra_samples = 338, sub_ifds = 330, dng_version = 50706 };
constexpr int byte_type = 1, short_type = 3, long_type = 4, undefined_type = 7;

struct Tag {
  int type;
  std::vector<uint32_t> values;
};

// One directory, to stand at `place` in the file; its longer values follow it.
std::string directory(const std::map<uint32_t, Tag> &tags, size_t place, uint32_t next = 0) {
  std::string entries = little(static_cast<uint32_t>(tags.size()), 2), values;
  const size_t after = place + 2 + 12 * tags.size() + 4;
  for (const auto &[name, tag] : tags) {
    const int size = tag.type == byte_type || tag.type == undefined_type ? 1 : tag.type == short_type ? 2 : 4;
    std::string data;
    for (const uint32_t value : tag.values)
      data += little(value, size);
    entries += little(name, 2) + little(static_cast<uint32_t>(tag.type), 2) + little(static_cast<uint32_t>(tag.values.size()), 4);
    if (data.size() > 4) {
      entries += little(static_cast<uint32_t>(after + values.size()), 4);
      values += data;
    } else {
      entries += data + std::string(4 - data.size(), '\0');
    }
  }
  return entries + little(next, 4) + values;
}

constexpr size_t pixels_place = 8;

// A picture of one row of 8-bit samples, with other tags than the usual ones.
std::map<uint32_t, Tag> row_tags(const std::string &pixels, uint32_t samples, const std::map<uint32_t, Tag> &others) {
  std::map<uint32_t, Tag> tags{
      {256, {short_type, {static_cast<uint32_t>(pixels.size()) / samples}}},
      {257, {short_type, {1}}},
      {258, {short_type, std::vector<uint32_t>(samples, 8)}},
      {259, {short_type, {1}}},
      {photometric, {short_type, {2}}},
      {273, {long_type, {pixels_place}}},
      {277, {short_type, {samples}}},
      {278, {short_type, {1}}},
      {279, {long_type, {static_cast<uint32_t>(pixels.size())}}},
  };
  for (const auto &[name, tag] : others)
    tags[name] = tag;
  return tags;
}

std::string tiff(const std::string &pixels, uint32_t samples, const std::map<uint32_t, Tag> &others) {
  const size_t place = pixels_place + pixels.size() + pixels.size() % 2;
  std::string file = std::string("II*\0", 4) + little(static_cast<uint32_t>(place), 4) + pixels;
  file.resize(place);
  std::map<uint32_t, Tag> tags = row_tags(pixels, samples, others);
  if (tags.contains(322)) // tiles are in no strips
    for (const uint32_t of_strips : {273, 278, 279})
      tags.erase(of_strips);
  return file + directory(tags, place);
}

// --- PNG --------------------------------------------------------------------------------------------------------------------------

std::string big(uint32_t value) {
  std::string text = little(value, 4);
  return {text.rbegin(), text.rend()};
}

// PNG, annex D.
std::string chunk(const std::string &name, const std::string &data) {
  uint32_t sum = 0xffffffff;
  for (const char letter : name + data) {
    sum ^= static_cast<unsigned char>(letter);
    for (int bit = 0; bit < 8; bit++)
      sum = sum & 1 ? 0xedb88320 ^ (sum >> 1) : sum >> 1;
  }
  return big(static_cast<uint32_t>(data.size())) + name + data + big(~sum);
}

class KindsTest : public PictureFiles {
protected:
  // Puts a chunk behind the PNG's head.
  void insert(const std::string &name, const std::string &new_chunk) const {
    constexpr size_t head = 8 + 25;
    put(name, bytes(name).insert(head, new_chunk));
  }

  // The first pixel, in 255ths.
  static std::vector<int> first(const Picture &picture) {
    std::vector<int> found;
    for (size_t c = 0; c < 4; c++)
      found.push_back(static_cast<int>(std::lround(picture.pixels.rgba[c] * 255)));
    return found;
  }
  std::vector<int> first(const std::string &name) const { return first(raster::load(in(name))); }
  std::vector<std::string> notes(const std::string &name) const { return raster::load(in(name)).notes; }

  std::string refusal(const std::string &name) const {
    return "“" + in(name) + "” is not a picture of a kind Pastiche reads: PNG, JPEG, TIFF, WebP, OpenEXR, GIF, PGM or PPM.";
  }
};

TEST_F(KindsTest, TheEndingTellsTheKind) {
  for (const char *name : {"a.jpg", "a.jpeg", "a.jpe", "a.jfif", "a.JPG", "x.y.Jfif"})
    EXPECT_EQ(raster::kind_by_name(name), Kind::jpeg) << name;
  for (const char *name : {"a.pbm", "a.pgm", "a.PPM", "a.pnm"})
    EXPECT_EQ(raster::kind_by_name(name), Kind::pnm) << name;
  EXPECT_EQ(raster::kind_by_name("/in/a.TIF"), Kind::tiff);
  for (const char *name : {"a", "a.dng", ".png", "a.png/b", "tif"})
    EXPECT_EQ(raster::kind_by_name(name), std::nullopt) << name;
}

TEST_F(KindsTest, ExtraSamplesOfATiffAreNotColour) {
  const auto extra = [](std::vector<uint32_t> meanings) { return std::map<uint32_t, Tag>{{extra_samples, {short_type, meanings}}}; };
  put("saved-selection.tif", tiff("\x33\x66\x99\0\x33\x66\x99\0"s, 4, extra({0})));
  EXPECT_EQ(first("saved-selection.tif"), (std::vector{0x33, 0x66, 0x99, 255}));
  put("untold.tif", tiff("\x33\x66\x99\0\x33\x66\x99\0"s, 4, {}));
  EXPECT_EQ(first("untold.tif"), (std::vector{0x33, 0x66, 0x99, 255}));
  put("two.tif", tiff("\x33\x66\x99\1\2\x11\x22\x44\3\4"s, 5, extra({0, 0})));
  EXPECT_EQ(raster::load(in("two.tif")).pixels.width, 2);
  EXPECT_EQ(first("two.tif"), (std::vector{0x33, 0x66, 0x99, 255}));
  put("opacity.tif", tiff("\x33\x66\x99\x80"s, 4, extra({2})));
  EXPECT_EQ(first("opacity.tif"), (std::vector{0x33, 0x66, 0x99, 0x80}));
  put("second.tif", tiff("\x33\x66\x99\1\x80"s, 5, extra({0, 2})));
  EXPECT_EQ(first("second.tif"), (std::vector{0x33, 0x66, 0x99, 0x80}));
  put("associated.tif", tiff("\x1a\x33\x4d\x80"s, 4, extra({1}))); // half of 0x33, 0x66, 0x99
  const std::vector<int> divided = first("associated.tif");
  EXPECT_NEAR(divided[0], 0x33, 2);
  EXPECT_NEAR(divided[2], 0x99, 2);
  EXPECT_EQ(divided[3], 0x80);
  std::map<uint32_t, Tag> gray = extra({0});
  gray[photometric] = {short_type, {1}};
  put("gray.tif", tiff("\x33\1\x66\2"s, 2, gray));
  EXPECT_EQ(first("gray.tif"), (std::vector{0x33, 0x33, 0x33, 255}));
}

// A picture of two pixels in one row; the samples as they lie in the file. By hand from TIFF 6.0.
TEST_F(KindsTest, ATiffsSamplesMayLieAnyWay) {
  constexpr uint32_t planar = 284, ink_set = 332;
  const auto shorts = [](std::vector<uint32_t> values) { return Tag{short_type, values}; };
  const auto longs = [](std::vector<uint32_t> values) { return Tag{long_type, values}; };
  const auto samples = [&](uint32_t count, uint32_t bits) {
    return std::map<uint32_t, Tag>{{256, shorts({2})}, {258, shorts(std::vector<uint32_t>(count, bits))}};
  };
  // Planes or tiles of so many bytes, one after the other.
  const auto chunks = [&](uint32_t count, uint32_t bytes, uint32_t place_tag) {
    std::vector<uint32_t> places, sizes(count, bytes);
    for (uint32_t i = 0; i < count; i++)
      places.push_back(static_cast<uint32_t>(pixels_place) + i * bytes);
    return std::map<uint32_t, Tag>{
        {place_tag, longs(places)}, {place_tag + (place_tag == 273 ? 6 : 1), longs(sizes)}, {planar, shorts({2})}};
  };
  const auto all = [](std::initializer_list<std::map<uint32_t, Tag>> parts) {
    std::map<uint32_t, Tag> tags;
    for (const auto &part : parts)
      for (const auto &[name, tag] : part)
        tags[name] = tag;
    return tags;
  };
  const std::map<uint32_t, Tag> gray{{photometric, shorts({1})}}, from_white{{photometric, shorts({0})}}, real{{339, shorts({3})}};
  const std::map<uint32_t, Tag> tiles{{322, shorts({16})}, {323, shorts({16})}};
  const std::string rest(254, '\0'); // of a tile of 16 × 16
  struct Case {
    const char *name;
    std::string pixels;
    uint32_t samples;
    std::map<uint32_t, Tag> tags;
    std::vector<int> first;
    int tolerance;
  };
  const Case cases[] = {
      {"gray in planes.tif",
       "\x33\x66\x80\xff",
       2,
       all({samples(2, 8), gray, chunks(2, 2, 273), {{extra_samples, shorts({2})}}}),
       {51, 51, 51, 128},
       0},
      {"tiles in planes.tif",
       "\x33\x66" + rest + "\x66\x77" + rest + "\x99\x88" + rest,
       3,
       all({samples(3, 8), tiles, chunks(3, 256, 324)}),
       {51, 102, 153, 255},
       0},
      {"12 bits.tif", "\x33\x36\x66\x99\x93\x33\x66\x69\x99", 3, samples(3, 12), {51, 102, 153, 255}, 0},
      {"10 bits.tif", "\x33\x5d\x40", 1, all({samples(1, 10), gray}), {51, 51, 51, 255}, 0},
      {"24 bits.tif", "\x33\x33\x33\x66\x66\x66", 1, all({samples(1, 24), gray}), {51, 51, 51, 255}, 0},
      {"double.tif", "\0\0\0\0\0\0\xd0\x3f\0\0\0\0\0\0\0\0"s, 1, all({samples(1, 64), gray, real}), {64, 64, 64, 255}, 0},
      {"from white.tif", "\0\0\x80\x3e\0\0\0\0"s, 1, all({samples(1, 32), from_white, real}), {191, 191, 191, 255}, 0},
      {"premultiplied.tif",
       "\0\0\0\x20\0\0\0\x40\0\0\0\0\0\0\0\0"s,
       2,
       all({samples(2, 32), gray, {{extra_samples, shorts({1})}}}),
       {128, 128, 128, 64},
       0},
      // Red, which is L* 54.29, a* 80.81, b* 69.89 under D50.
      {"CIE Lab.tif", "\x8a\x51\x46\x8a\x51\x46", 3, {{photometric, shorts({8})}}, {255, 0, 0, 255}, 6},
      {"CIE Lab in planes.tif",
       "\x8a\x8a\x51\x51\x46\x46",
       3,
       all({samples(3, 8), chunks(3, 2, 273), {{photometric, shorts({8})}}}),
       {255, 0, 0, 255},
       6},
      {"ICC Lab.tif", "\x8a\xd1\xc6\x8a\xd1\xc6", 3, {{photometric, shorts({9})}}, {255, 0, 0, 255}, 6},
      {"16-bit ICC Lab.tif",
       "\x70\x8a\xcf\xd0\xe4\xc5",
       3,
       all({samples(3, 16), {{256, shorts({1})}, {photometric, shorts({9})}}}),
       {255, 0, 0, 255},
       2},
      {"YCbCr.tif", "\x4c\x55\xff\x4c\x55\xff", 3, {{photometric, shorts({6})}, {530, shorts({1, 1})}}, {254, 0, 0, 255}, 3},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.name);
    put(c.name, tiff(c.pixels, c.samples, c.tags));
    const std::vector<int> found = first(c.name);
    for (size_t i = 0; i < 4; i++)
      EXPECT_NEAR(found[i], c.first[i], c.tolerance) << i;
  }
  put("inks.tif", tiff("\x33\x66\x99\x11\x33\x66\x99\x11", 4, {{photometric, shorts({5})}, {ink_set, shorts({2})}}));
  EXPECT_EQ(fault("inks.tif"), "“" + in("inks.tif") + "” counts its colours in a way that cannot be read; save it as a PNG.");
}

TEST_F(KindsTest, AThumbnailBeforeTheTiffsPictureIsNotThePicture) {
  const std::string pixels = "\x33\x66\x99\x33\x66\x99\x33\x66\x99"s;
  const auto all = [&](std::map<uint32_t, Tag> more) {
    more[subfile_type] = {long_type, {1}};
    more[256] = {short_type, {1}};
    return more;
  };
  const std::string small = tiff(pixels, 3, all({}));
  const size_t head = pixels_place + pixels.size() + 1;
  // After it, and below it.
  std::string file = small;
  file.replace(head + 2 + 12 * 10, 4, little(static_cast<uint32_t>(small.size()), 4));
  put("after.tif", file + directory(row_tags(pixels, 3, {}), small.size()));
  const size_t below = tiff(pixels, 3, all({{sub_ifds, {long_type, {0}}}})).size();
  put("below.tif",
      tiff(pixels, 3, all({{sub_ifds, {long_type, {static_cast<uint32_t>(below)}}}})) + directory(row_tags(pixels, 3, {}), below));
  for (const char *name : {"after.tif", "below.tif"}) {
    EXPECT_EQ(raster::load(in(name)).pixels.width, 3) << name;
    EXPECT_EQ(raster::size_of(in(name)).width, 3) << name;
    EXPECT_TRUE(notes(name).empty()) << name;
  }
}

TEST_F(KindsTest, ATiffIsTurnedOnceWhateverItsCompression) {
  const char *options[] = {"-monochrome -compress Group4",
                           "-monochrome -compress Fax",
                           "-type Palette -compress LZW",
                           "-compress Zip",
                           "-compress RLE",
                           "-compress None -define tiff:tile-geometry=16x16"};
  for (const char *compression : options)
    for (int orientation = 1; orientation <= 8; orientation++) {
      if (compression != options[0] && orientation != 3 && orientation != 6)
        continue; // enough to tell whether it is turned twice
      SCOPED_TRACE(std::string(compression) + ", orientation " + std::to_string(orientation));
      magick("-size 20x10 xc:black -fill white -draw 'rectangle 0,0 3,3' -depth 8 " + std::string(compression) + " -orient " +
             std::array{"", "top-left", "top-right", "bottom-right", "bottom-left", "left-top", "right-top", "right-bottom",
                        "left-bottom"}[static_cast<size_t>(orientation)] +
             " a.tif");
      const Picture picture = raster::load(in("a.tif"));
      const int w = orientation >= 5 ? 10 : 20, h = orientation >= 5 ? 20 : 10;
      ASSERT_EQ(picture.pixels.width, w);
      ASSERT_EQ(picture.pixels.height, h);
      // Where EXIF 2.32 says that the 0th row and the 0th column are.
      const bool right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
      const bool bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
      for (int corner = 0; corner < 4; corner++) {
        const int x = corner % 2 ? w - 1 : 0, y = corner / 2 ? h - 1 : 0;
        EXPECT_NEAR(picture.pixels.rgba[4 * static_cast<size_t>(y * w + x)], (corner % 2 == right && corner / 2 == bottom) ? 1 : 0, 0.01)
            << "corner " << corner;
      }
    }
}

TEST_F(KindsTest, RawFilesAreRefused) {
  const std::string thumbnail = "\x33\x66\x99\x33\x66\x99"s;
  put("a.dng", tiff(thumbnail, 3, {{dng_version, {byte_type, {1, 4, 0, 0}}}}));
  EXPECT_EQ(fault("a.dng"), refusal("a.dng"));
  EXPECT_THROW(raster::size_of(in("a.dng")), pastiche::Failure);
  // A thumbnail with what the sensor saw in a directory below it.
  const size_t place = pixels_place + thumbnail.size();
  const size_t below = tiff(thumbnail, 3, {{subfile_type, {long_type, {1}}}, {sub_ifds, {long_type, {0}}}}).size();
  const std::string file = tiff(thumbnail, 3, {{subfile_type, {long_type, {1}}}, {sub_ifds, {long_type, {static_cast<uint32_t>(below)}}}});
  ASSERT_GT(below, place);
  put("a.nef", file + directory(row_tags(thumbnail, 1, {{photometric, {short_type, {32803}}}}), below));
  EXPECT_EQ(fault("a.nef"), refusal("a.nef"));
  put("plain.tif", file + directory(row_tags(thumbnail, 3, {}), below));
  EXPECT_EQ(fault("plain.tif"), "(loaded)");
  put("a.cr2", "II*\0\x10\0\0\0CR\2\0"s + std::string(100, '\0'));
  EXPECT_EQ(fault("a.cr2"), refusal("a.cr2"));
}

TEST_F(KindsTest, OtherProgramsLayersStayBehind) {
  const std::string layers = "Adobe Photoshop Document Data Block";
  const Tag secret{undefined_type, {layers.begin(), layers.end()}};
  put("layered.tif", tiff("\x33\x66\x99\x33\x66\x99"s, 3, {{37724, secret}, {50000, secret}}));
  ASSERT_NE(bytes("layered.tif").find(layers), std::string::npos);
  Picture content = raster::load(in("layered.tif"));
  content.credits.author = "Ada"; // so that there is something to be written
  raster::Destination(in("a.tif")).save(raster::load(in("layered.tif")).pixels.view(), content, false);
  EXPECT_EQ(bytes("a.tif").find(layers), std::string::npos);
  EXPECT_NE(bytes("a.tif").find("Ada"), std::string::npos);
}

TEST_F(KindsTest, ACompressionThatCannotBeReadIsNamed) {
  put("a.tif", tiff("\x33\x66\x99"s, 3, {{259, {short_type, {34712}}}})); // JPEG 2000
  EXPECT_EQ(fault("a.tif"), "“" + in("a.tif") +
                                "” is compressed in a way that cannot be read (TIFF compression 34712); save it as a PNG, or as a TIFF "
                                "without compression.");
}

TEST_F(KindsTest, PnmFilesMayHaveAnyWhiteSpaceAndCountToAnyNumber) {
  struct Case {
    const char *name;
    std::string file;
    std::vector<int> pixel;
    const char *type;
  };
  const Case cases[] = {
      {"crlf.ppm", "P3\r\n1 1\r\n255\r\n51 102 153\r\n", {51, 102, 153}, "u8"},
      {"tabs.ppm", "P3\t1\t1\t255\t51\t102\t153", {51, 102, 153}, "u8"},
      {"line.ppm", "P3 1 1 255 51 102 153", {51, 102, 153}, "u8"},
      {"comment.ppm", "P3\n# a comment\n1 1\n# another\n255\n51 102 153\n", {51, 102, 153}, "u8"},
      {"space.ppm", "P6 1 1 255 \x33\x66\x99", {51, 102, 153}, "u8"},
      {"rawcrlf.ppm", "P6\r\n1 1\r\n255\r\n\x33\x66\x99", {51, 102, 153}, "u8"},
      {"raw.ppm", "P6 1 1 255\n\x33\x66\x99", {51, 102, 153}, "u8"},
      {"hundred.ppm", "P3 1 1 100\n20 40 60\n", {51, 102, 153}, "u8"},
      {"fifteen.pgm", "P5 1 1 15\n\x03", {51, 51, 51}, "u8"},
      {"deep.ppm", "P6 1 1 1023\n\x03\xff\x00\x00\x01\xff"s, {255, 0, 127}, "u16"},
      {"bits.pbm", "P1 2 1\n01\n", {255, 255, 255}, "u8"},
      {"packed.pnm", "P4 2 1\n\x40", {255, 255, 255}, "u8"},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.name);
    put(c.name, c.file);
    const Picture picture = raster::load(in(c.name));
    std::vector<int> pixel = first(picture);
    pixel.pop_back();
    EXPECT_EQ(pixel, c.pixel);
    EXPECT_STREQ(babl_get_name(babl_format_get_type(picture.format, 0)), c.type);
  }
}

TEST_F(KindsTest, APaletteMayBeTransparent) {
  magick("-size 2x1 'xc:rgba(51,102,153,0.6)' -type PaletteAlpha a.png");
  EXPECT_EQ(bytes("a.png")[25], 3) << "the colour type of a palette";
  EXPECT_EQ(first("a.png"), (std::vector{51, 102, 153, 153}));
}

TEST_F(KindsTest, OfSeveralPicturesTheFirstIsReadWithANote) {
  magick("-size 20x10 -delay 10 xc:'#336699' xc:white a.gif");
  magick("-size 20x10 -delay 10 xc:'#336699' xc:white -define webp:lossless=true a.webp");
  magick("-size 20x10 xc:'#336699' xc:white -depth 8 a.tif");
  magick("-size 20x10 xc:'#336699' a.png");
  insert("a.png", chunk("acTL", big(2) + big(0)));
  put("a.ppm", "P6 1 1 255\n\x33\x66\x99P6 1 1 255\nabc");
  for (const char *name : {"a.gif", "a.webp", "a.tif", "a.png", "a.ppm"}) {
    EXPECT_EQ(notes(name), std::vector{"“" + in(name) + "” holds several pictures; the first one was read."});
    EXPECT_NEAR(first(name)[2], 0x99, 1) << name;
  }
  // Not so with a thumbnail.
  const std::string pixels = "\x33\x66\x99\x33\x66\x99"s;
  std::string file = tiff(pixels, 3, {});
  const size_t place = file.size(), end = pixels_place + pixels.size() + 2 + 12 * 9;
  file.replace(end, 4, little(static_cast<uint32_t>(place), 4));
  put("thumbnail.tif", file + directory(row_tags(pixels, 3, {{subfile_type, {long_type, {1}}}}), place));
  EXPECT_TRUE(notes("thumbnail.tif").empty());
}

// ITU-T H.273: primaries, transfer, no matrix, full range.
std::string coded(int primaries, int transfer) {
  return chunk("cICP", {static_cast<char>(primaries), static_cast<char>(transfer), '\0', '\1'});
}

TEST_F(KindsTest, HighDynamicRangeIsMeasuredByPaperWhite) {
  struct Case {
    int code, transfer;
    double expected;
  };
  // By BT.2100 and BT.2408: 203 cd/m² are 0.5807 in PQ and 0.75 in HLG; 20.3 cd/m² are 0.3583 in PQ, and 10 % of light 0.3492 in sRGB.
  for (const Case &c : {Case{38055, 16, 1.0}, Case{23481, 16, 0.3492}, Case{49151, 18, 1.0}, Case{0, 16, 0.0}}) {
    char code[32];
    std::snprintf(code, sizeof code, "#%04x%04x%04x", c.code, c.code, c.code);
    magick("-size 2x1 'xc:" + std::string(code) +
           "' -depth 16 -define png:color-type=2 -define png:bit-depth=16 "
           "-define png:exclude-chunks=all a.png");
    insert("a.png", coded(9, c.transfer));
    const Picture picture = raster::load(in("a.png"));
    for (size_t i = 0; i < 3; i++)
      EXPECT_NEAR(picture.pixels.rgba[i], c.expected, 0.01) << c.code;
    EXPECT_EQ(picture.notes,
              std::vector{"“" + in("a.png") + "” has a high dynamic range; what is brighter in it than white paper was cut off."});
    EXPECT_EQ(babl_format_get_space(picture.format), babl_space("sRGB"));
  }
}

TEST_F(KindsTest, CodePointsTellThePrimaries) {
  magick("-size 2x1 'xc:rgb(255,0,0)' -depth 8 -define png:color-type=2 -define png:exclude-chunks=all a.png");
  const std::string plain = bytes("a.png");
  insert("a.png", coded(12, 13));
  // Display P3's red in sRGB: 1.2249 of red, -0.0421 of green, -0.0196 of blue, in light.
  EXPECT_NEAR(raster::load(in("a.png")).pixels.rgba[0], from_linear(1.2249), 2e-3);
  EXPECT_TRUE(notes("a.png").empty());
  put("a.png", plain);
  insert("a.png", chunk("cICP", "\1\x0d\0\0"s)); // from 16 to 235
  EXPECT_EQ(notes("a.png").size(), 1U);
  put("a.png", plain);
  insert("a.png", coded(22, 13));
  EXPECT_EQ(notes("a.png"), std::vector{"“" + in("a.png") +
                                        "” describes its colours in a way that is not understood (22 and 13 of ITU-T H.273); they are "
                                        "taken for sRGB."});
}

// PNG, third edition, 11.3.2.2: light is the sample to the power of 1 / gAMA.
TEST_F(KindsTest, GammaAloneTellsTheCurve) {
  for (const char *color : {"rgb(51,51,51)", "gray(51)"}) {
    magick("-size 2x1 'xc:" + std::string(color) + "' -depth 8 -define png:exclude-chunks=all a.png");
    const std::string plain = bytes("a.png");
    for (const auto &[gamma, light] : std::map<uint32_t, double>{{100000, 0.2}, {55556, std::pow(0.2, 1.8)}, {45455, to_linear(0.2)}}) {
      put("a.png", plain);
      insert("a.png", chunk("gAMA", big(gamma)));
      EXPECT_NEAR(raster::load(in("a.png")).pixels.rgba[0], from_linear(light), 2e-3) << color << gamma;
    }
  }
}

TEST_F(KindsTest, InksAreReadThroughTheirProfile) {
  const std::string profiles = "/usr/share/color/icc/ghostscript/";
  ASSERT_TRUE(fs::exists(profiles + "default_cmyk.icc")) << "GIMP brings it, with Ghostscript";
  for (const char *name : {"a.tif", "a.jpg"}) {
    magick("-size 16x16 'xc:cmyk(30,120,200,40)' -depth 8 -quality 100 -profile " + profiles + "default_cmyk.icc " + name);
    magick(std::string(name) + " -intent relative -black-point-compensation -profile " + profiles + "srgb.icc -depth 8 expected.png");
    const std::vector<int> expected = samples("expected.png", "rgb", 8), found = first(name);
    for (size_t c = 0; c < 3; c++)
      EXPECT_NEAR(found[c], expected[c], 3) << name;
    EXPECT_TRUE(notes(name).empty());
  }
}

// --- OpenEXR ----------------------------------------------------------------------------------------------------------------------

// Channels of one value each, floats, in a data window.
void put_exr(const std::string &path, Imf::Header header, const std::map<std::string, float> &channels) {
  const Imath::Box2i &data = header.dataWindow();
  const int width = data.max.x - data.min.x + 1, height = data.max.y - data.min.y + 1;
  std::vector<std::vector<float>> rows;
  Imf::FrameBuffer frame;
  for (const auto &[name, value] : channels) {
    header.channels().insert(name, Imf::Channel(Imf::FLOAT));
    rows.emplace_back(static_cast<size_t>(width), value);
  }
  size_t i = 0;
  for (const auto &[name, value] : channels)
    frame.insert(name, Imf::Slice(Imf::FLOAT, reinterpret_cast<char *>(rows[i++].data() - data.min.x), sizeof(float), 0));
  Imf::OutputFile file(path.c_str(), header);
  file.setFrameBuffer(frame);
  file.writePixels(height);
}

TEST_F(KindsTest, TheDisplayWindowOfAnExrIsThePicture) {
  Imf::Header header(Imath::Box2i({10, 20}, {19, 27}), Imath::Box2i({12, 18}, {30, 24})); // 10 × 8, of which data fill a part
  put_exr(in("a.exr"), header, {{"R", 1.F}, {"G", 1.F}, {"B", 1.F}, {"A", 1.F}});
  const Picture picture = raster::load(in("a.exr"));
  ASSERT_EQ(picture.pixels.width, 10);
  ASSERT_EQ(picture.pixels.height, 8);
  EXPECT_EQ(raster::size_of(in("a.exr")).width, 10);
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 10; x++)
      EXPECT_EQ(picture.pixels.rgba[4 * static_cast<size_t>(10 * y + x) + 3], x >= 2 && y <= 4 ? 1 : 0) << x << ", " << y;
}

TEST_F(KindsTest, OfLayersTheCombinedOneIsThePicture) {
  const Imf::Header header(4, 3);
  put_exr(in("blender.exr"), header,
          {{"View.Combined.R", 0.2F}, {"View.Combined.G", 0.4F}, {"View.Combined.B", 0.6F}, {"View.Depth.Z", 3.F}, {"View.Mist.Y", 1.F}});
  EXPECT_NEAR(raster::load(in("blender.exr")).pixels.rgba[1], from_linear(0.4), 1e-4);
  put_exr(in("plain.exr"), header, {{"R", 0.2F}, {"G", 0.4F}, {"B", 0.6F}, {"diffuse.R", 1.F}, {"diffuse.G", 1.F}, {"diffuse.B", 1.F}});
  EXPECT_NEAR(raster::load(in("plain.exr")).pixels.rgba[1], from_linear(0.4), 1e-4);
  put_exr(in("one.exr"), header, {{"beauty.R", 0.2F}, {"beauty.G", 0.4F}, {"beauty.B", 0.6F}, {"Z", 1.F}});
  EXPECT_NEAR(raster::load(in("one.exr")).pixels.rgba[1], from_linear(0.4), 1e-4);
  put_exr(in("gray.exr"), header, {{"Y", 0.4F}});
  EXPECT_EQ(babl_format_get_n_components(raster::load(in("gray.exr")).format), 1);
  EXPECT_NEAR(raster::load(in("gray.exr")).pixels.rgba[1], from_linear(0.4), 1e-4);
  put_exr(in("several.exr"), header, {{"key.R", 0.F}, {"key.G", 0.F}, {"key.B", 0.F}, {"rim.R", 0.F}, {"rim.G", 0.F}, {"rim.B", 0.F}});
  EXPECT_EQ(fault("several.exr"), "“" + in("several.exr") +
                                      "” has several layers (“key”, “rim”), none of which is called Combined; save the one that you want "
                                      "as a file of its own.");
  put_exr(in("depth.exr"), header, {{"Z", 1.F}});
  EXPECT_EQ(fault("depth.exr"), "“" + in("depth.exr") + "” has no channels R, G and B, nor Y, that could be painted.");
}

TEST_F(KindsTest, AnExrMayHaveOtherPrimaries) {
  Imf::Header header(2, 2);
  Imf::addChromaticities(header, Imf::Chromaticities({0.64F, 0.33F}, {0.21F, 0.71F}, {0.15F, 0.06F}, {0.3127F, 0.3290F}));
  put_exr(in("a.exr"), header, {{"R", 0.2F}, {"G", 0.4F}, {"B", 0.3F}});
  const double power = 256.0 / 563;
  const auto expected = adobe_to_srgb({std::pow(0.2, power), std::pow(0.4, power), std::pow(0.3, power)});
  const Picture picture = raster::load(in("a.exr"));
  for (size_t c = 0; c < 3; c++)
    EXPECT_NEAR(picture.pixels.rgba[c], expected[c], 2e-3);
}

// --- damage -----------------------------------------------------------------------------------------------------------------------

TEST_F(KindsTest, NoDamageEndsTheProcess) {
  const char *options[][2] = {{"a.png", ""},
                              {"deep.png", "-depth 16 -interlace PNG"},
                              {"palette.png", "-type Palette -colors 20"},
                              {"a.jpg", ""},
                              {"progressive.jpg", "-interlace JPEG"},
                              {"a.tif", "-compress LZW"},
                              {"g4.tif", "-monochrome -compress Group4"},
                              {"tiles.tif", "-compress Zip -define tiff:tile-geometry=16x16"},
                              {"a.webp", ""},
                              {"lossless.webp", "-define webp:lossless=true"},
                              {"a.gif", ""},
                              {"a.ppm", ""},
                              {"plain.ppm", "-compress none"},
                              {"a.exr", ""}};
  uint32_t state = 1; // Numerical Recipes' generator
  const auto next = [&state](size_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  int read = 0, refused = 0;
  for (const auto &[name, option] : options) {
    if (std::string(name).ends_with(".exr"))
      put_exr(in(name), Imf::Header(60, 40), {{"R", 0.2F}, {"G", 0.4F}, {"B", 0.6F}});
    else
      magick("-size 60x40 -seed 1 plasma:tomato-steelblue -depth 8 " + std::string(option) + " " + name);
    const std::string whole = bytes(name);
    for (int variant = 0; variant < 12; variant++) {
      std::string damaged = whole;
      if (variant < 4)
        damaged.resize(1 + next(whole.size() - 1));
      else // every other time near the head, where it hurts most
        for (int flip = 0; flip < variant; flip++)
          damaged[next(variant % 2 ? whole.size() : std::min<size_t>(whole.size(), 400))] ^= static_cast<char>(1 << next(8));
      put(name, damaged);
      try {
        raster::size_of(in(name));
      } catch (const pastiche::Failure &) {
      }
      try {
        raster::load(in(name), 50);
        read++;
      } catch (const pastiche::Failure &error) {
        EXPECT_NE(std::string(error.what()).find(in(name)), std::string::npos);
        refused++;
      } catch (const std::bad_alloc &) {
        refused++;
      }
    }
  }
  EXPECT_GE(read + refused, 48);
  EXPECT_GT(refused, read);
}

} // namespace
