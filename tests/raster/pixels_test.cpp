// SPDX-License-Identifier: GPL-3.0-or-later
#include "raster/pixels.h"

#include <cstdint>

#include "files.h"
#include "raster/ref.h"

namespace {

using raster::Pixels;
using raster::Ref;

class PixelsTest : public Files {};

Ref<GeglBuffer> make(int x, int y, int width, int height, const Babl *format, const void *data) {
  const GeglRectangle area{x, y, width, height};
  Ref<GeglBuffer> buffer(gegl_buffer_new(&area, format));
  gegl_buffer_set(buffer.get(), &area, 0, format, data, GEGL_AUTO_ROWSTRIDE);
  return buffer;
}

void expect_near(const Pixels &pixels, size_t pixel, std::array<double, 4> expected, double tolerance) {
  for (size_t i = 0; i < 4; i++)
    EXPECT_NEAR(pixels.rgba[pixel * 4 + i], expected[i], tolerance) << "component " << i << " of pixel " << pixel;
}

TEST_F(PixelsTest, EightBitSrgbIsOnlyDivided) {
  const uint8_t data[] = {0, 51, 255, 1, 128, 254};
  const auto buffer = make(0, 0, 2, 1, babl_format("R'G'B' u8"), data);
  const Pixels pixels = raster::read(buffer.get(), {0, 0, 2, 1});
  EXPECT_EQ(pixels.width, 2);
  EXPECT_EQ(pixels.height, 1);
  expect_near(pixels, 0, {0, 0.2, 1, 1}, 1e-5);
  expect_near(pixels, 1, {1 / 255.0, 128 / 255.0, 254 / 255.0, 1}, 1e-5);
}

TEST_F(PixelsTest, LinearLightGetsTheTransferFunctionOfSrgb) {
  const float data[] = {0.5F, 0.002F, 1.0F, 0.25F};
  const auto buffer = make(0, 0, 1, 1, babl_format("RGBA float"), data);
  expect_near(raster::read(buffer.get(), {0, 0, 1, 1}), 0, {0.735357, 0.02584, 1, 0.25}, 1e-4);
}

TEST_F(PixelsTest, PremultipliedColourIsDivided) {
  const float data[] = {0.25F, 0.0F, 0.5F, 0.5F};
  const auto buffer = make(0, 0, 1, 1, babl_format("RaGaBaA float"), data);
  expect_near(raster::read(buffer.get(), {0, 0, 1, 1}), 0, {0.735357, 0, 1, 0.5}, 1e-4);
}

TEST_F(PixelsTest, GrayIsTheSameInAllThree) {
  const uint16_t data[] = {65535, 65535, 13107, 32768};
  const auto buffer = make(0, 0, 2, 1, babl_format("Y'A u16"), data);
  const Pixels pixels = raster::read(buffer.get(), {0, 0, 2, 1});
  expect_near(pixels, 0, {1, 1, 1, 1}, 1e-5);
  expect_near(pixels, 1, {0.2, 0.2, 0.2, 0.5}, 1e-4);
}

TEST_F(PixelsTest, ProfilesAreConverted) {
  const uint8_t data[] = {128, 100, 64, 200, 190, 180};
  const auto buffer = make(0, 0, 2, 1, babl_format_with_space("R'G'B' u8", adobe_space()), data);
  const Pixels pixels = raster::read(buffer.get(), {0, 0, 2, 1});
  for (size_t i = 0; i < 2; i++) {
    const auto expected = adobe_to_srgb({data[i * 3] / 255.0, data[i * 3 + 1] / 255.0, data[i * 3 + 2] / 255.0});
    EXPECT_GT(std::abs(expected[0] - data[i * 3] / 255.0), 0.01) << "the profile must make a difference for this to mean anything";
    expect_near(pixels, i, {expected[0], expected[1], expected[2], 1}, 2e-3);
  }
}

TEST_F(PixelsTest, AnOddRectangleIsReadWhereItLies) {
  std::vector<uint8_t> data(7 * 5);
  for (size_t i = 0; i < data.size(); i++)
    data[i] = static_cast<uint8_t>(i * 7);
  const auto buffer = make(-3, 10, 7, 5, babl_format("Y' u8"), data.data());
  const Pixels pixels = raster::read(buffer.get(), {-1, 11, 3, 3});
  ASSERT_EQ(pixels.rgba.size(), 3U * 3 * 4);
  for (size_t y = 0; y < 3; y++)
    for (size_t x = 0; x < 3; x++)
      EXPECT_NEAR(pixels.rgba[(y * 3 + x) * 4], static_cast<double>(((y + 1) * 7 + x + 2) * 7) / 255, 1e-4) << x << ", " << y;
}

TEST_F(PixelsTest, OneColumnAndOneRow) {
  const uint8_t data[] = {0, 51, 102, 153, 204, 255};
  const auto column = make(0, 0, 1, 6, babl_format("Y' u8"), data);
  EXPECT_NEAR(raster::read(column.get(), {0, 0, 1, 6}).rgba[5 * 4], 1, 1e-5);
  const auto row = make(0, 0, 6, 1, babl_format("Y' u8"), data);
  EXPECT_NEAR(raster::read(row.get(), {0, 0, 6, 1}).rgba[4 * 4], 0.8, 1e-5);
}

TEST_F(PixelsTest, ReducingAveragesLight) {
  std::vector<float> data(64 * 64);
  for (size_t i = 0; i < data.size(); i++)
    data[i] = (i + i / 64) % 2 ? 1.0F : 0.0F;
  const auto buffer = make(0, 0, 64, 64, babl_format("Y' float"), data.data());
  const Pixels pixels = raster::read(buffer.get(), {0, 0, 64, 64}, 0.25);
  EXPECT_EQ(pixels.width, 16);
  EXPECT_EQ(pixels.height, 16);
  for (size_t i = 0; i < 16 * 16; i++)
    expect_near(pixels, i, {0.735357, 0.735357, 0.735357, 1}, 1e-3); // half the light of white
}

TEST_F(PixelsTest, ReducingKeepsThingsInTheirPlace) {
  std::vector<float> data(1000 * 20);
  for (size_t i = 0; i < data.size(); i++)
    data[i] = static_cast<float>(0.2 + 0.6 * (static_cast<double>(i % 1000) + 0.5) / 1000);
  const auto buffer = make(0, 0, 1000, 20, babl_format("Y' float"), data.data());
  for (const double scale : {0.5, 0.37, 0.1}) {
    const Pixels pixels = raster::read(buffer.get(), {0, 0, 1000, 20}, scale);
    for (size_t x = 1; x + 1 < static_cast<size_t>(pixels.width); x++)
      EXPECT_NEAR(pixels.rgba[x * 4], 0.2 + 0.6 * (static_cast<double>(x) + 0.5) / pixels.width, 2e-3)
          << "scale " << scale << ", column " << x;
  }
}

TEST_F(PixelsTest, ReducingRoundsAndNeverGivesNothing) {
  const std::vector<uint8_t> data(101 * 3, 128);
  const auto buffer = make(0, 0, 101, 3, babl_format("Y' u8"), data.data());
  const Pixels pixels = raster::read(buffer.get(), {0, 0, 101, 3}, 0.1);
  EXPECT_EQ(pixels.width, 10);
  EXPECT_EQ(pixels.height, 1);
  for (size_t i = 0; i < 10; i++)
    expect_near(pixels, i, {128 / 255.0, 128 / 255.0, 128 / 255.0, 1}, 5e-3);
}

TEST_F(PixelsTest, TransparentColoursDoNotShineThroughWhenReduced) {
  for (const char *format : {"R'G'B'A u8", "R'G'B'A float", "RaGaBaA float"}) {
    std::vector<float> data(32 * 32 * 4); // opaque red and transparent green
    for (size_t i = 0; i < 32 * 32; i++) {
      const bool opaque = (i + i / 32) % 2;
      data[i * 4] = opaque;
      data[i * 4 + 1] = !opaque;
      data[i * 4 + 3] = opaque;
    }
    const GeglRectangle area{0, 0, 32, 32};
    const Ref<GeglBuffer> buffer(gegl_buffer_new(&area, babl_format(format)));
    gegl_buffer_set(buffer.get(), &area, 0, babl_format("R'G'B'A float"), data.data(), GEGL_AUTO_ROWSTRIDE);
    const Pixels pixels = raster::read(buffer.get(), area, 0.25);
    expect_near(pixels, 27, {1, 0, 0, 0.5}, 5e-3);
  }
}

TEST_F(PixelsTest, WritingTouchesNothingElse) {
  const std::vector<uint8_t> before(6 * 4 * 3, 10);
  const auto buffer = make(2, 3, 6, 4, babl_format("R'G'B' u8"), before.data());
  Pixels pixels{3, 1, {}};
  pixels.rgba = {0, 0.2F, 1, 1, 1, 0.4F, 0, 1, 0.6F, 0.6F, 0.6F, 1};
  raster::write(buffer.get(), 4, 5, pixels);
  std::vector<uint8_t> expected = before;
  const uint8_t row[] = {0, 51, 255, 255, 102, 0, 153, 153, 153};
  std::copy(std::begin(row), std::end(row), expected.begin() + (2 * 6 + 2) * 3);
  std::vector<uint8_t> after(before.size());
  const GeglRectangle area{2, 3, 6, 4};
  gegl_buffer_get(buffer.get(), &area, 1, babl_format("R'G'B' u8"), after.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  EXPECT_EQ(after, expected);
}

TEST_F(PixelsTest, ValuesOutsideTheRangeAreCutOff) {
  const std::vector<uint8_t> before(3, 0);
  const auto buffer = make(0, 0, 1, 1, babl_format("R'G'B' u8"), before.data());
  raster::write(buffer.get(), 0, 0, {1, 1, {-0.5F, 1.5F, 0.2F, 1}});
  uint8_t after[3];
  const GeglRectangle area{0, 0, 1, 1};
  gegl_buffer_get(buffer.get(), &area, 1, babl_format("R'G'B' u8"), after, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  EXPECT_EQ(after[0], 0);
  EXPECT_EQ(after[1], 255);
  EXPECT_EQ(after[2], 51);
}

TEST_F(PixelsTest, WhatIsReadCanBeWrittenBackExactly) {
  struct Case {
    const Babl *format;
    size_t components;
  };
  const Case cases[] = {{babl_format_with_space("R'G'B' u8", adobe_space()), 3}, {babl_format("R'G'B'A u8"), 4}, {babl_format("Y' u8"), 1}};
  for (const Case &c : cases) {
    std::vector<uint8_t> data(16 * 16 * c.components);
    // Colours near gray: saturated ones of the wide space do not exist in sRGB's 0..1.
    for (size_t i = 0; i < data.size(); i++)
      data[i] = static_cast<uint8_t>(i / c.components / 2 + 64 + (i % c.components == 3 ? 100 : 5 * (i % c.components)));
    const auto buffer = make(0, 0, 16, 16, c.format, data.data());
    const GeglRectangle area{0, 0, 16, 16};
    const Ref<GeglBuffer> other(gegl_buffer_new(&area, c.format));
    raster::write(other.get(), 0, 0, raster::read(buffer.get(), area));
    std::vector<uint8_t> after(data.size());
    gegl_buffer_get(other.get(), &area, 1, c.format, after.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    EXPECT_EQ(after, data) << babl_get_name(c.format);
  }
}

TEST_F(PixelsTest, AMaskIsTheLuminanceAsTheEyeSeesItTimesTheAlpha) {
  // 2 × 2: half gray, half transparent white; pure green, out of range.
  const Pixels pixels{2, 2, {0.5F, 0.5F, 0.5F, 1, 1, 1, 1, 0.25F, 0, 1, 0, 1, 2, 2, 2, 1}};
  const raster::Mask mask = raster::mask_of(pixels);
  EXPECT_EQ(mask.width, 2);
  EXPECT_EQ(mask.height, 2);
  ASSERT_EQ(mask.values.size(), 4U);
  EXPECT_NEAR(mask.values[0], 0.5, 1e-4);
  EXPECT_NEAR(mask.values[1], 0.25, 1e-4);
  EXPECT_NEAR(mask.values[2], from_linear(0.7152), 2e-3); // ITU-R BT.709's share of green
  EXPECT_EQ(mask.values[3], 1);
  EXPECT_TRUE(raster::mask_of({7, 5, {}}).values.empty()); // of a picture of which only the size is known
}

} // namespace
