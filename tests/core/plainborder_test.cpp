// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plainborder.h"

#include <gtest/gtest.h>

#include <vector>

using namespace pastiche;

namespace {

struct Canvas {
  int width, height;
  std::vector<float> color;

  Canvas(int w, int h, float gray) : width(w), height(h), color(3 * static_cast<size_t>(w) * h, gray) {}
  void set(int x, int y, float r, float g, float b) {
    const size_t area = static_cast<size_t>(width) * height, at = static_cast<size_t>(y) * width + x;
    color[at] = r, color[area + at] = g, color[2 * area + at] = b;
  }
  // Dabs that differ from place to place, in 0.3..0.8.
  void paint(int left, int top, int right, int bottom) {
    for (int y = top; y < height - bottom; ++y)
      for (int x = left; x < width - right; ++x)
        set(x, y, 0.3f + 0.1f * static_cast<float>((x / 3 + y / 2) % 6), 0.5f, 0.4f + 0.05f * static_cast<float>(x * y % 7));
  }
  Border border() const { return plain_border(color.data(), width, height); }
};

} // namespace

TEST(PlainBorder, IsLeftOutWithTheSoftEdge) {
  Canvas black(120, 90, 0.02f);
  black.paint(9, 7, 10, 8);
  EXPECT_EQ(black.border(), (Border{11, 9, 12, 10}));
  // Dust, and the noise of a scan.
  for (int x = 0; x < 120; ++x)
    for (int y = 0; y < 7; ++y)
      black.set(x, y, 0.02f + 0.03f * static_cast<float>((x + y) % 2), 0.02f, 0.02f);
  black.set(30, 3, 0.5f, 0.5f, 0.5f);
  EXPECT_EQ(black.border(), (Border{11, 9, 12, 10}));
  Canvas white(120, 90, 1);
  white.paint(0, 12, 0, 12);
  EXPECT_EQ(white.border(), (Border{0, 14, 0, 14}));
  Canvas gray(120, 90, 0.1f);
  gray.paint(12, 0, 12, 0);
  EXPECT_EQ(gray.border(), (Border{14, 0, 14, 0}));
}

TEST(PlainBorder, APictureWithoutOneIsWhole) {
  Canvas painting(120, 90, 0);
  painting.paint(0, 0, 0, 0);
  EXPECT_EQ(painting.border(), Border{});
  // A plain dark sky.
  Canvas sky(120, 90, 0.05f);
  sky.paint(0, 15, 0, 0);
  EXPECT_EQ(sky.border(), Border{});
  // A drawing on white paper, which ends nowhere along an edge.
  Canvas drawing(120, 90, 0.97f);
  for (int i = 10; i < 80; ++i)
    drawing.set(i, i, 0.2f, 0.2f, 0.2f);
  EXPECT_EQ(drawing.border(), Border{});
  // A small drawing in the middle of paper: plain rows above and below, along no more than a quarter of which anything begins.
  Canvas small(120, 90, 0.97f);
  small.paint(45, 10, 45, 10);
  EXPECT_EQ(small.border(), Border{});
  // A vignette on paper, wide margins all around: half of the picture is its paper.
  Canvas vignette(120, 90, 1);
  vignette.paint(40, 30, 40, 30);
  EXPECT_EQ(vignette.border(), Border{});
  // A band of blue above and below belongs to the painting.
  Canvas flag(120, 90, 0);
  flag.paint(0, 0, 0, 0);
  for (int x = 0; x < 120; ++x)
    for (int y = 0; y < 10; ++y) {
      flag.set(x, y, 0.1f, 0.2f, 0.9f);
      flag.set(x, 89 - y, 0.1f, 0.2f, 0.9f);
    }
  EXPECT_EQ(flag.border(), Border{});
  EXPECT_EQ(Canvas(120, 90, 0.5f).border(), Border{});
  EXPECT_EQ(Canvas(1, 1, 0.5f).border(), Border{});
}
