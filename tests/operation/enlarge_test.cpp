// SPDX-License-Identifier: GPL-3.0-or-later
#include "operation/enlarge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "raster/ref.h"

namespace {

using raster::Ref;

const GeglRectangle whole{-3, 5, 8, 4};

// Red as Pillow 11 enlarges [[0, 1, 0, 0.25], [0.5, 0.5, 1, 0]] to 8 × 4 with Image.BICUBIC, in mode F.
constexpr float expected[4][8] = {
    {-0.14013842F, 0.18720481F, 0.88100582F, 0.88218063F, 0.14194623F, -0.08627076F, 0.17888579F, 0.30384946F},
    {0.03361344F, 0.26913452F, 0.76826608F, 0.81237441F, 0.36636439F, 0.15781079F, 0.18481492F, 0.19742647F},
    {0.37815127F, 0.43159541F, 0.54471099F, 0.67395371F, 0.81136996F, 0.64180750F, 0.19657195F, -0.01360295F},
    {0.55190313F, 0.51352513F, 0.43197125F, 0.60414749F, 1.03578818F, 0.88588905F, 0.20250107F, -0.12002595F},
};

raster::Pixels small() {
  raster::Pixels pixels{4, 2, {}};
  for (const float red : {0.0F, 1.0F, 0.0F, 0.25F, 0.5F, 0.5F, 1.0F, 0.0F})
    pixels.rgba.insert(pixels.rgba.end(), {red, 0.5F, 1.0F, 1.0F});
  return pixels;
}

Ref<GeglBuffer> make(const char *format) { return Ref<GeglBuffer>(gegl_buffer_new(&whole, babl_format(format))); }

std::vector<float> read(GeglBuffer *buffer) {
  std::vector<float> values(size_t{4} * 8 * 4);
  gegl_buffer_get(buffer, &whole, 1, babl_format("R'G'B'A float"), values.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return values;
}

class Enlarge : public ::testing::Test {
protected:
  static void SetUpTestSuite() { gegl_init(nullptr, nullptr); }
};

TEST_F(Enlarge, IsBicubicAndWithinTheRange) {
  const auto input = make("R'G'B' u8"), output = make("R'G'B'A float");
  operation::write_enlarged(small(), whole, input.get(), output.get(), whole);
  const std::vector<float> values = read(output.get());
  for (size_t y = 0; y < 4; y++)
    for (size_t x = 0; x < 8; x++) {
      const float *pixel = &values[4 * (8 * y + x)];
      EXPECT_NEAR(pixel[0], std::clamp(expected[y][x], 0.0F, 1.0F), 1e-6) << x << ", " << y;
      EXPECT_NEAR(pixel[1], 0.5, 1e-6);
      EXPECT_NEAR(pixel[2], 1, 1e-6);
      EXPECT_EQ(pixel[3], 1);
    }
}

TEST_F(Enlarge, PartsAreThoseOfTheWhole) {
  const auto input = make("R'G'B' u8"), output = make("R'G'B'A float"), parts = make("R'G'B'A float");
  operation::write_enlarged(small(), whole, input.get(), output.get(), whole);
  for (int y = 5; y < 9; y++)
    for (int x = -3; x < 5; x += 3)
      operation::write_enlarged(small(), whole, input.get(), parts.get(), {x, y, std::min(3, 5 - x), 1});
  EXPECT_EQ(read(parts.get()), read(output.get()));
}

TEST_F(Enlarge, AlphaIsTheInputs) {
  const auto input = make("R'G'B'A float"), output = make("R'G'B'A float");
  std::vector<float> given(size_t{4} * 8 * 4, 0.5F);
  for (size_t i = 0; i < 32; i++)
    given[4 * i + 3] = static_cast<float>(i) / 31;
  gegl_buffer_set(input.get(), &whole, 0, babl_format("R'G'B'A float"), given.data(), GEGL_AUTO_ROWSTRIDE);
  operation::write_enlarged(small(), whole, input.get(), output.get(), whole);
  const std::vector<float> values = read(output.get());
  for (size_t i = 0; i < 32; i++)
    EXPECT_FLOAT_EQ(values[4 * i + 3], given[4 * i + 3]);
}

} // namespace
