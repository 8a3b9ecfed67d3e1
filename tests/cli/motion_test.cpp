// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch/paint/motion.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

namespace {

using Colour = std::array<float, 4>;
using Scene = std::function<Colour(int x, int y)>;

constexpr int width = 160, height = 120;

raster::Pixels picture(const Scene &scene, int w = width, int h = height) {
  raster::Pixels pixels{w, h, {}};
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (const float value : scene(x, y))
        pixels.rgba.push_back(value);
  return pixels;
}

// Waves in many directions, so that no part looks like another.
Scene waves(double phase = 0) {
  return [phase](int x, int y) -> Colour {
    const double value =
        std::sin(0.21 * x + 0.08 * y + phase) + std::sin(0.13 * y - 0.05 * x + 2 * phase) + std::sin(0.011 * x * y / 7 + phase);
    const auto gray = static_cast<float>(0.5 + value / 6);
    return {gray, gray, gray, 1};
  };
}

Scene moved_by(const Scene &scene, int right, int down) {
  return [=](int x, int y) { return scene(x - right, y - down); };
}

// Another picture of the same size, whose strokes can be told apart.
Scene strokes() {
  return [](int x, int y) -> Colour {
    return {static_cast<float>(x) / width, static_cast<float>(y) / height, (x / 16 + y / 16) % 2 ? 0.25f : 0.75f, 1};
  };
}

Colour at(const raster::Pixels &pixels, int x, int y) {
  Colour colour;
  std::copy_n(pixels.rgba.data() + 4 * (y * pixels.width + x), 4, colour.begin());
  return colour;
}

TEST(Motion, WhatStandsStillStaysAsItIs) {
  const raster::Pixels frame = picture(waves()), painting = picture(strokes());
  EXPECT_EQ(pastiche_motion.moved(painting, frame, frame).rgba, painting.rgba);
}

TEST(Motion, ThePaintingMovesWithTheFrame) {
  constexpr int right = 7, down = -4;
  const raster::Pixels painting = picture(strokes());
  const raster::Pixels moved = pastiche_motion.moved(painting, picture(waves()), picture(moved_by(waves(), right, down)));
  double error = 0;
  int count = 0, transparent = 0;
  for (int y = 16; y < height - 16; ++y)
    for (int x = 16; x < width - 16; ++x) {
      const Colour expected = at(painting, x - right, y - down), got = at(moved, x, y);
      for (size_t channel = 0; channel < 2; ++channel, ++count)
        error += std::abs(got[channel] - expected[channel]);
      transparent += got[3] < 1;
    }
  EXPECT_LT(error / count, 0.004); // a pixel is 1/160 or 1/120
  EXPECT_LT(transparent, (width - 32) * (height - 32) / 50);
}

TEST(Motion, WhatStandsStillBesideAMovingObjectStaysAsItIs) {
  const auto with_square = [](int left) {
    return [left](int x, int y) -> Colour {
      const bool inside = x >= left && x < left + 30 && y >= 45 && y < 75;
      return inside ? Colour{(x - left) / 30.f, y / 120.f, 1, 1} : waves()(x, y);
    };
  };
  const raster::Pixels painting = picture(strokes());
  const raster::Pixels moved = pastiche_motion.moved(painting, picture(with_square(20)), picture(with_square(28)));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if (x < 12 || x > 66 || y < 38 || y > 82) { // further from both places than half a patch
        ASSERT_EQ(at(moved, x, y), at(painting, x, y)) << x << ", " << y;
      }
}

TEST(Motion, WhatComesIntoSightIsTransparent) {
  const raster::Pixels moved = pastiche_motion.moved(picture(strokes()), picture(waves()), picture(moved_by(waves(), 12, 0)));
  int left = 0, middle = 0;
  for (int y = 20; y < height - 20; ++y) {
    left += at(moved, 3, y)[3] == 0;
    middle += at(moved, width / 2, y)[3] == 0;
  }
  EXPECT_GT(left, (height - 40) * 9 / 10);
  EXPECT_LT(middle, (height - 40) / 10);
}

TEST(Motion, AMovedOrBrighterSceneIsTheSame) {
  const raster::Pixels before = picture(waves());
  EXPECT_TRUE(pastiche_motion.is_same_scene(before, before));
  EXPECT_TRUE(pastiche_motion.is_same_scene(before, picture(moved_by(waves(), 10, 6))));
  EXPECT_TRUE(pastiche_motion.is_same_scene(before, picture([](int x, int y) -> Colour {
                                              const float gray = 0.3f + 0.6f * waves()(x, y)[0];
                                              return {gray, gray, gray, 1};
                                            })));
}

TEST(Motion, AfterACutItIsAnother) {
  EXPECT_FALSE(pastiche_motion.is_same_scene(picture(waves()), picture([](int x, int y) -> Colour {
                                               const float gray = std::hypot(x - 80, y - 60) < 40 ? 0.9f : 0.1f;
                                               return {gray, gray, gray, 1};
                                             })));
}

TEST(Motion, TinyAndEvenFramesAreTaken) {
  const Scene even = [](int, int) -> Colour { return {0.5f, 0.5f, 0.5f, 1}; };
  for (const auto &[w, h] : {std::pair{1, 1}, {3, 200}, {63, 64}, {64, 64}}) {
    const raster::Pixels frame = picture(even, w, h), painting = picture(strokes(), w, h);
    EXPECT_TRUE(pastiche_motion.is_same_scene(frame, frame));
    EXPECT_EQ(pastiche_motion.moved(painting, frame, frame).rgba, painting.rgba) << w << " × " << h;
  }
}

} // namespace
