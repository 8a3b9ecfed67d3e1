// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tiles.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace pastiche;

std::string text(const Rectangle &r) {
  return std::to_string(r.width) + " × " + std::to_string(r.height) + " at " + std::to_string(r.left) + ", " + std::to_string(r.top);
}

// How often each pixel lies in one of the rectangles; all of them must lie inside.
void expect_covered_once(const std::vector<Rectangle> &parts, int64_t width, int64_t height) {
  std::vector<int> count(static_cast<size_t>(width * height));
  for (const Rectangle &part : parts) {
    ASSERT_GT(part.area(), 0) << text(part);
    ASSERT_TRUE(part.left >= 0 && part.top >= 0 && part.right() <= width && part.bottom() <= height) << text(part) << " sticks out";
    for (int64_t y = part.top; y < part.bottom(); ++y)
      for (int64_t x = part.left; x < part.right(); ++x)
        ++count[static_cast<size_t>(y * width + x)];
  }
  EXPECT_TRUE(std::ranges::all_of(count, [](int n) { return n == 1; }));
}

int64_t seen_in_all(const std::vector<Tile> &tiles) {
  int64_t sum = 0;
  for (const Tile &tile : tiles)
    sum += tile.seen.area();
  return sum;
}

void check(int64_t width, int64_t height, int64_t stride, int64_t margin, double most_pixels) {
  SCOPED_TRACE(std::to_string(width) + " × " + std::to_string(height) + ", stride " + std::to_string(stride) + ", margin " +
               std::to_string(margin) + ", " + std::to_string(most_pixels) + " pixels");
  const std::vector<Tile> tiles = cut_tiles(width, height, stride, margin, most_pixels);
  if (static_cast<double>(width * height) <= most_pixels) {
    ASSERT_EQ(tiles.size(), 1);
    EXPECT_EQ(tiles[0].own, (Rectangle{0, 0, width, height}));
    EXPECT_EQ(tiles[0].seen, tiles[0].own);
  }
  if (tiles.empty()) {
    // A tile in the middle of the picture cannot own less than a step.
    const int64_t smallest = stride + 2 * ((margin + stride - 1) / stride * stride);
    EXPECT_LT(most_pixels, static_cast<double>(std::min(width, smallest + stride - 1) * std::min(height, smallest + stride - 1)));
    return;
  }
  std::vector<Rectangle> own;
  for (const Tile &tile : tiles) {
    own.push_back(tile.own);
    EXPECT_LE(static_cast<double>(tile.seen.area()), most_pixels);
    for (const int64_t edge : {tile.own.left, tile.own.top, tile.seen.left, tile.seen.top})
      EXPECT_EQ(edge % stride, 0) << text(tile.own);
    EXPECT_TRUE(tile.own.right() == width || tile.own.right() % stride == 0) << text(tile.own);
    EXPECT_TRUE(tile.own.bottom() == height || tile.own.bottom() % stride == 0) << text(tile.own);
    EXPECT_TRUE(tile.seen.right() == width || tile.seen.right() % stride == 0) << text(tile.seen);
    EXPECT_TRUE(tile.seen.bottom() == height || tile.seen.bottom() % stride == 0) << text(tile.seen);
    EXPECT_LE(tile.seen.left, std::max<int64_t>(0, tile.own.left - margin));
    EXPECT_LE(tile.seen.top, std::max<int64_t>(0, tile.own.top - margin));
    EXPECT_GE(tile.seen.right(), std::min(width, tile.own.right() + margin));
    EXPECT_GE(tile.seen.bottom(), std::min(height, tile.own.bottom() + margin));
    EXPECT_TRUE(tile.seen.left >= 0 && tile.seen.top >= 0 && tile.seen.right() <= width && tile.seen.bottom() <= height);
  }
  expect_covered_once(own, width, height);

  for (int64_t step = 1; step <= stride && step <= std::min(width, height); step *= 2) {
    std::vector<Rectangle> maps;
    for (const Tile &tile : tiles) {
      Rectangle part = tile.own_at(step, tile.seen.width / step, tile.seen.height / step);
      EXPECT_TRUE(part.left >= 0 && part.top >= 0 && part.right() <= tile.seen.width / step && part.bottom() <= tile.seen.height / step);
      part.left += tile.seen.left / step;
      part.top += tile.seen.top / step;
      maps.push_back(part);
    }
    expect_covered_once(maps, width / step, height / step);
  }
}

} // namespace

TEST(Tiles, CoverThePictureOnce) {
  for (const auto &[width, height] : {std::pair{1, 1}, {1, 40}, {7, 5}, {61, 83}, {64, 64}, {127, 33}, {300, 9}, {16, 250}, {257, 255}})
    for (const int64_t stride : {1, 2, 4, 16})
      for (const int64_t margin : {0, 1, 6, 11, 40})
        for (const double most_pixels : {1.0, 500.0, 2000.0, 5000.0, 20000.0, 1e9})
          check(width, height, stride, margin, most_pixels);
}

TEST(Tiles, LookAtTheFewestPixels) {
  // Two columns see a margin of 4 · 16 pixels twice. Two rows would see more.
  const std::vector<Tile> columns = cut_tiles(64, 16, 4, 4, 36 * 16);
  ASSERT_EQ(columns.size(), 2);
  EXPECT_EQ(columns[0].own, (Rectangle{0, 0, 32, 16}));
  EXPECT_EQ(columns[0].seen, (Rectangle{0, 0, 36, 16}));
  EXPECT_EQ(columns[1].own, (Rectangle{32, 0, 32, 16}));
  EXPECT_EQ(columns[1].seen, (Rectangle{28, 0, 36, 16}));
  EXPECT_EQ(seen_in_all(cut_tiles(16, 64, 4, 4, 36 * 16)), 2 * 36 * 16);

  // What grids of equal tiles can do, counted out: n parts of a side see 2 (n − 1) margins more than the side.
  const int64_t side = 960, margin = 48;
  for (const double most_pixels : {60000.0, 100000.0, 250000.0, 500000.0}) {
    int64_t least = std::numeric_limits<int64_t>::max();
    for (const int64_t across : {1, 2, 3, 4, 5, 6, 10, 12})
      for (const int64_t down : {1, 2, 3, 4, 5, 6, 10, 12}) {
        const auto longest = [&](int64_t n) { return n == 1 ? side : side / n + (n == 2 ? 1 : 2) * margin; };
        if (static_cast<double>(longest(across) * longest(down)) <= most_pixels)
          least = std::min(least, (side + 2 * (across - 1) * margin) * (side + 2 * (down - 1) * margin));
      }
    EXPECT_LE(seen_in_all(cut_tiles(side, side, 16, margin, most_pixels)), least) << most_pixels;
  }
}

TEST(Tiles, AreRefusedWhenTheSmallestSeeTooMuch) {
  // A tile of 8 × 8 in the middle sees 8 more on each side.
  EXPECT_FALSE(cut_tiles(64, 64, 8, 8, 24 * 24).empty());
  EXPECT_TRUE(cut_tiles(64, 64, 8, 8, 24 * 24 - 1).empty());
  EXPECT_TRUE(cut_tiles(1, 1, 1, 0, 0.5).empty());
}

TEST(Tiles, OwnPartInTheMapsByHand) {
  // Of a picture of 50 × 30; maps end where poolings drop the last two columns and rows.
  const Tile last{{32, 16, 18, 14}, {24, 8, 26, 22}};
  EXPECT_EQ(last.own_at(1, 26, 22), (Rectangle{8, 8, 18, 14}));
  EXPECT_EQ(last.own_at(4, 6, 5), (Rectangle{2, 2, 4, 3}));
  const Tile inner{{16, 8, 16, 8}, {8, 0, 32, 24}};
  EXPECT_EQ(inner.own_at(4, 8, 6), (Rectangle{2, 2, 4, 2}));
}
