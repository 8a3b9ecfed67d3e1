// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/brushwork.h"

#include <array>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <set>
#include <thread>

#include "core/votes.h"

using namespace pastiche;

// What is held, and the most that was; each block begins with its own size.
static std::atomic<size_t> held{0}, most_held{0};
constexpr size_t before_block = alignof(std::max_align_t);

void *operator new(size_t size) {
  char *block = static_cast<char *>(std::malloc(size + before_block));
  if (!block)
    throw std::bad_alloc();
  *reinterpret_cast<size_t *>(block) = size;
  const size_t now = held += size;
  for (size_t most = most_held; now > most && !most_held.compare_exchange_weak(most, now);)
    ;
  return block + before_block;
}

void operator delete(void *pointer) noexcept {
  if (!pointer)
    return;
  char *block = static_cast<char *>(pointer) - before_block;
  held -= *reinterpret_cast<size_t *>(block);
  std::free(block);
}

void operator delete(void *pointer, size_t) noexcept { operator delete(pointer); }

namespace {

const ForEachBand one_thread = [](int count, const std::function<void(int)> &f) {
  for (int band = 0; band < count; ++band)
    f(band);
};

ForEachBand threads(int number) {
  return [number](int count, const std::function<void(int)> &f) {
    std::atomic<int> next{0};
    std::vector<std::thread> all;
    for (int i = 0; i < number; ++i)
      all.emplace_back([&] {
        for (int band; (band = next++) < count;)
          f(band);
      });
    for (std::thread &thread : all)
      thread.join();
  };
}

const ForEachBand backwards = [](int count, const std::function<void(int)> &f) {
  for (int band = count; band-- > 0;)
    f(band);
};

uint32_t scramble(uint32_t x) {
  x = (x ^ 61) ^ (x >> 16);
  x *= 9;
  x = (x ^ (x >> 4)) * 0x27d4eb2d;
  return x ^ (x >> 15);
}

// Noise over waves, the same in both layers.
PatchPicture noisy(int width, int height, uint32_t seed) {
  PatchPicture picture(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        const uint32_t noise = scramble(static_cast<uint32_t>((y * width + x) * 3 + c) + seed * 7919) % 60;
        picture.paint(x, y)[c] = picture.guide(x, y)[c] =
            static_cast<uint8_t>(100 + 60 * std::sin(x * 0.2 + c + seed) * std::cos(y * 0.15) + noise);
      }
  picture.extend_paint();
  picture.extend_guide();
  return picture;
}

// By the definition: all 25 pixels, edges repeated.
uint32_t difference(const PatchPicture &a, int x, int y, const PatchPicture &b, int u, int v) {
  uint32_t sum = 0;
  const auto inside = [](int i, int count) { return std::clamp(i, 0, count - 1); };
  for (int j = -2; j <= 2; ++j)
    for (int i = -2; i <= 2; ++i)
      for (int c = 0; c < 3; ++c)
        sum += static_cast<uint32_t>(std::abs(a.paint(inside(x + i, a.width()), inside(y + j, a.height()))[c] -
                                              b.paint(inside(u + i, b.width()), inside(v + j, b.height()))[c]));
  return sum;
}

struct Planes {
  int width, height;
  std::vector<float> color;

  Planes(int w, int h, uint32_t seed) : width(w), height(h), color(3 * static_cast<size_t>(w) * h) {
    for (size_t i = 0; i < color.size(); ++i)
      color[i] = static_cast<float>(scramble(static_cast<uint32_t>(i) + seed * 104729) % 256) / 255;
  }
  Planes(int w, int h, float value) : width(w), height(h), color(3 * static_cast<size_t>(w) * h, value) {}
  BrushPicture view(const float *mask = nullptr) const { return {width, height, color.data(), mask}; }
};

} // namespace

TEST(PatchField, IsNearlyAsGoodAsLookingEverywhere) {
  const PatchPicture target = noisy(40, 35, 1), source = noisy(37, 41, 2);
  PatchField field(target, source, {}, 5, one_thread);
  for (int round = 0; round < 8; ++round)
    field.search(1000, one_thread);
  double found = 0, least = 0;
  for (int y = 0; y < 35; ++y)
    for (int x = 0; x < 40; ++x) {
      uint32_t best = UINT32_MAX;
      for (int v = 0; v < 41; ++v)
        for (int u = 0; u < 37; ++u)
          best = std::min(best, difference(target, x, y, source, u, v));
      const Place place = field.place(x, y);
      // Both layers are alike, and each counts sixteen sixteenths.
      EXPECT_EQ(field.distance(x, y), 32 * difference(target, x, y, source, place.x, place.y));
      found += field.distance(x, y) / 32;
      least += best;
    }
  EXPECT_LT(found, 1.15 * least);
}

TEST(PatchField, FindsACopy) {
  const PatchPicture source = noisy(60, 50, 3);
  PatchPicture target(30, 20);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x) {
      std::copy_n(source.paint(x + 17, y + 11), 4, target.paint(x, y));
      std::copy_n(source.guide(x + 17, y + 11), 4, target.guide(x, y));
    }
  target.extend_paint();
  target.extend_guide();
  PatchField field(target, source, {}, 0, one_thread);
  for (int round = 0; round < 6; ++round)
    field.search(1000, one_thread);
  for (int y = 2; y < 18; ++y)
    for (int x = 2; x < 28; ++x) {
      EXPECT_EQ(field.place(x, y), (Place{static_cast<uint16_t>(x + 17), static_cast<uint16_t>(y + 11)}));
      EXPECT_EQ(field.distance(x, y), 0u);
    }
}

TEST(PatchField, UsesAllOfTheSourceAlike) {
  // All places are equally good but for one, which is a little better.
  PatchPicture target(64, 64), source(32, 32);
  source.paint(10, 10)[0] = 1;
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x)
      target.paint(x, y)[0] = 1;
  target.extend_paint();
  source.extend_paint();
  const auto cells_used = [&](int uniformity) {
    PatchRules rules;
    rules.uniformity = uniformity;
    PatchField field(target, source, rules, 1, one_thread);
    for (int round = 0; round < 8; ++round)
      field.search(1000, one_thread);
    int near = 0;
    for (const Place place : field.places())
      near += std::abs(place.x - 10) <= 2 && std::abs(place.y - 10) <= 2;
    return near;
  };
  EXPECT_GT(cells_used(0), 3900);  // of 4096: everybody goes there
  EXPECT_LT(cells_used(100), 600); // 25 of 1024 places would be 100
}

TEST(PatchField, LeavesOutWhatMayNotBeUsedAndWhatIsNotWanted) {
  const PatchPicture target = noisy(33, 21, 1), source = noisy(30, 30, 1);
  PatchRules rules;
  rules.usable.resize(900);
  for (int i : {31, 400, 401, 899})
    rules.usable[static_cast<size_t>(i)] = 1;
  rules.wanted.resize(33 * 21, 1);
  rules.wanted[40] = 0; // 7, 1
  PatchField field(target, source, rules, 2, one_thread);
  for (int round = 0; round < 3; ++round)
    field.search(1000, one_thread);
  for (int y = 0; y < 21; ++y)
    for (int x = 0; x < 33; ++x)
      if (x == 7 && y == 1)
        EXPECT_EQ(field.distance(x, y), PatchField::nowhere);
      else
        EXPECT_TRUE(rules.usable[static_cast<size_t>(field.place(x, y).y) * 30 + field.place(x, y).x]);
}

TEST(Votes, AreTheMeanOfThePatchesOrTheBestOne) {
  // Three pixels beside each other in the middle of a source of one row of columns 0, 10, 20, …; all fit alike badly.
  PatchPicture source(9, 9), target(3, 1);
  for (int y = 0; y < 9; ++y)
    for (int x = 0; x < 9; ++x)
      source.paint(x, y)[0] = static_cast<uint8_t>(10 * x);
  source.extend_paint();
  PatchRules rules;
  rules.usable.resize(81);
  rules.usable[4 * 9 + 4] = 1;
  const PatchField field(target, source, rules, 0, one_thread);
  // Every patch has its centre at 4: the left pixel is said to be 40, 30 and 20, by patches that differ by 16 · Σ.
  // A patch's distance is 16 · 5 · (20 + 30 + 40 + 50 + 60) = 16000 for all three.
  for (int x = 0; x < 3; ++x)
    ASSERT_EQ(field.distance(x, 0), 16000u);
  vote(field, source, 0, target, one_thread);
  EXPECT_EQ(target.paint(0, 0)[0], 30);
  EXPECT_EQ(target.paint(1, 0)[0], 40);
  EXPECT_EQ(target.paint(2, 0)[0], 50);
  float picture[9];
  vote_sharp(field, source, 1, picture, one_thread);
  EXPECT_FLOAT_EQ(picture[0], 40 / 255.0f); // the first of equals in reading order: its own, then that to the left
  EXPECT_FLOAT_EQ(picture[1], 50 / 255.0f);

  // Patches that differ by 16 · 5 times 140, 100 and 80 count 1 / 11600², 1 / 8400² and 1 / 6800²: in the mean 26.7 of 40, 30 and 20.
  target.paint(0, 0)[0] = target.paint(1, 0)[0] = 0;
  target.paint(2, 0)[0] = 60;
  target.extend_paint();
  const PatchField uneven(target, source, rules, 0, one_thread);
  for (int x = 0; x < 3; ++x)
    ASSERT_EQ(uneven.distance(x, 0), (std::array{11200u, 8000u, 6400u}[static_cast<size_t>(x)]));
  vote(uneven, source, 0, target, one_thread);
  EXPECT_EQ(target.paint(0, 0)[0], 27);
  EXPECT_EQ(target.paint(1, 0)[0], 37);
  EXPECT_EQ(target.paint(2, 0)[0], 47);
}

TEST(BrushWork, IsTheSameOnAnyNumberOfThreads) {
  const Planes photograph(150, 101, 1u), painting(75, 51, 2u), style(90, 120, 3u);
  const BrushWork work{painting.view(), photograph.view(), style.view()};
  const BrushResult expected = brush_work(work, one_thread);
  EXPECT_TRUE(expected.finished);
  for (const ForEachBand &bands : {threads(2), threads(3), backwards}) {
    const BrushResult result = brush_work(work, bands);
    EXPECT_EQ(result.picture, expected.picture);
  }
}

TEST(BrushWork, AmountZeroIsThePainting) {
  const Planes photograph(60, 50, 1u), painting(60, 50, 2u), style(50, 50, 3u);
  BrushWork work{painting.view(), photograph.view(), style.view()};
  work.amount = 0;
  EXPECT_EQ(brush_work(work, one_thread).picture, painting.color);
}

TEST(BrushWork, TakesNothingFromAndPutsNothingWhereAMaskIsEmpty) {
  // The style is green where it may be taken and red elsewhere, of the photograph the left half is painted.
  const Planes photograph(80, 60, 1u), painting(80, 60, 2u);
  Planes style(70, 70, 0.0f);
  std::vector<float> taken(70 * 70), painted(80 * 60);
  for (int i = 0; i < 70 * 70; ++i)
    style.color[static_cast<size_t>(i + (i % 70 < 30 ? 4900 : 0))] = taken[static_cast<size_t>(i)] = 1,
                                                              taken[static_cast<size_t>(i)] = i % 70 < 30;
  for (int i = 0; i < 80 * 60; ++i)
    painted[static_cast<size_t>(i)] = i % 80 < 40;
  const BrushResult result = brush_work({painting.view(), photograph.view(painted.data()), style.view(taken.data())}, one_thread);
  for (int i = 0; i < 80 * 60; ++i) {
    const auto at = static_cast<size_t>(i);
    if (painted[at] > 0) {
      ASSERT_EQ(result.picture[at], 0) << i;
      ASSERT_FLOAT_EQ(result.picture[4800 + at], 1) << i;
    } else {
      ASSERT_EQ(result.picture[at], painting.color[at]) << i;
    }
  }
}

TEST(BrushWork, TakesNothingOfWhatIsMaskedFromAReducedStyle) {
  // Dark where it may be taken, white elsewhere, and reduced to half at the first level: as the filter rings, the dark is not even beside
  // the white, which is where the painting asks for paint from. At the end the palette would hide it.
  const Planes photograph(160, 120, 1u), painting(160, 120, 1.0f);
  Planes style(140, 140, 0.2f);
  std::vector<float> taken(140 * 140);
  for (size_t i = 0; i < style.color.size(); ++i)
    if (i % 140 < 71) // a whole reduced pixel before the white
      taken[i % taken.size()] = 1;
    else
      style.color[i] = 1;
  int frames = 0;
  brush_work({painting.view(), photograph.view(), style.view(taken.data())}, one_thread, [&](double, const BrushFrame &frame) {
    if (!frame)
      return true;
    ++frames;
    for (const float value : frame())
      EXPECT_NEAR(value, 0.2f, 0.5 / 255 + 1e-5);
    return false;
  });
  EXPECT_EQ(frames, 1);
}

TEST(BrushWork, TellsWhereThePaintWasFound) {
  // A piece of the style is the painting.
  const Planes style(90, 80, 3u);
  Planes painting(60, 50, 0.0f);
  std::vector<float> most(60 * 50, 1);
  most[0] = 0;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < 50; ++y)
      std::copy_n(&style.color[static_cast<size_t>(c * 7200 + (y + 20) * 90 + 10)], 60,
                  &painting.color[static_cast<size_t>(c * 3000 + y * 60)]);
  const BrushResult result = brush_work({painting.view(), painting.view(most.data()), style.view()}, one_thread);
  ASSERT_EQ(result.places.size(), 3000u);
  EXPECT_EQ(result.style_width, 90);
  EXPECT_EQ(result.style_height, 80);
  EXPECT_EQ(result.places[0], nowhere);
  int found = 0;
  for (int y = 0; y < 50; ++y)
    for (int x = 0; x < 60; ++x)
      found += result.places[static_cast<size_t>(y * 60 + x)] == Place{static_cast<uint16_t>(x + 10), static_cast<uint16_t>(y + 20)};
  EXPECT_GT(found, 2400);
}

TEST(BrushWork, StyleWithoutRoomForAPatchLeavesThePainting) {
  const Planes photograph(50, 50, 1u), painting(50, 50, 2u), style(40, 40, 3u);
  const std::vector<float> nothing(1600);
  EXPECT_EQ(brush_work({painting.view(), photograph.view(), style.view(nothing.data())}, one_thread).picture, painting.color);
}

TEST(BrushWork, SmallAndPlainPicturesAreNumbers) {
  for (const auto &[width, height, style_side] : {std::tuple{1, 1, 1}, {1, 1, 50}, {64, 1, 3}, {5, 70, 2}, {60, 60, 4}}) {
    const Planes photograph(width, height, 0.5f), painting(width, height, 0.25f), style(style_side, style_side, 0.75f);
    for (double scale : {0.1, 1.0, 3.0}) {
      BrushWork work{painting.view(), photograph.view(), style.view()};
      work.style_scale = scale;
      for (float value : brush_work(work, one_thread).picture)
        EXPECT_NEAR(value, 0.75f, 0.003f);
    }
  }
}

TEST(BrushWork, HasTheContrastOfTheStyle) {
  // Noise everywhere, stronger from left to right: what is smoothest looks most like a plain painting.
  const Planes photograph(90, 80, 0.5f), painting(90, 80, 0.5f);
  Planes style(90, 80, 0.5f);
  double wanted = 0;
  for (size_t i = 0; i < style.color.size(); ++i) {
    style.color[i] +=
        (0.2f + 0.4f * static_cast<float>(i % 90) / 90) * (static_cast<float>(scramble(static_cast<uint32_t>(i)) % 1000) / 1000 - 0.5f);
    wanted += std::pow(style.color[i] - 0.5, 2);
  }
  double power = 0;
  for (const float value : brush_work({painting.view(), photograph.view(), style.view()}, one_thread).picture)
    power += std::pow(value - 0.5, 2);
  EXPECT_NEAR(std::sqrt(power / wanted), 1, 0.15);
}

TEST(BrushWork, HasThePaletteOfTheStyle) {
  // Ramps of the same mean: evenly 0.46 … 0.54 painted, evenly 0.4 … 0.6 in the style; 0.03 lie between the distributions on average.
  const Planes photograph(101, 80, 0.5f);
  Planes painting(101, 80, 0.0f), style(101, 80, 0.0f);
  for (size_t i = 0; i < style.color.size(); ++i) {
    const float along = static_cast<float>(i % 101) / 100 - 0.5f;
    painting.color[i] = 0.5f + 0.08f * along;
    style.color[i] = 0.5f + 0.2f * along;
  }
  std::vector<float> values = brush_work({painting.view(), photograph.view(), style.view()}, one_thread).picture;
  std::sort(values.begin(), values.end());
  std::sort(style.color.begin(), style.color.end());
  double between = 0;
  for (size_t i = 0; i < values.size(); ++i)
    between += std::abs(values[i] - style.color[i]) / static_cast<double>(values.size());
  EXPECT_LT(between, 0.01);
}

TEST(BrushWork, TakesNoMoreMemoryThanItSays) {
  constexpr int side = 300, style_side = 100;
  const Planes photograph(side, side, 1u), painting(side, side, 2u), style(style_side, style_side, 3u), before(side, side, 4u);
  std::vector<float> mask(static_cast<size_t>(side) * side, 1), style_mask(static_cast<size_t>(style_side) * style_side, 1);
  mask[0] = style_mask[0] = 0;
  for (const bool masked : {false, true})
    for (const bool film : {false, true}) {
      BrushWork work{painting.view(), photograph.view(masked ? mask.data() : nullptr), style.view(masked ? style_mask.data() : nullptr)};
      if (film)
        work.before = before.view();
      const size_t input = held;
      most_held = input;
      brush_work(work, one_thread);
      EXPECT_LE(static_cast<double>(most_held - input), brush_work_bytes(side * side, style_side * style_side)) << masked << film;
    }
}

TEST(BrushWork, ShowsThinThingsThatThePaintingHasLost) {
  // A dark line of five pixels crosses the photograph. The style is of light and of dark squares.
  Planes photograph(120, 90, 0.7f), style(120, 120, 0.7f);
  const Planes painting(120, 90, 0.7f);
  for (size_t i = 0; i < photograph.color.size(); ++i)
    if (i / 120 % 90 >= 43 && i / 120 % 90 < 48)
      photograph.color[i] = 0.2f;
  for (size_t i = 0; i < style.color.size(); ++i)
    if ((i % 120 / 20 + i / 120 % 120 / 20) % 2)
      style.color[i] = 0.2f;
  const std::vector<float> picture = brush_work({painting.view(), photograph.view(), style.view()}, one_thread).picture;
  double line = 0, around = 0;
  for (size_t x = 0; x < 120; ++x) {
    line += picture[45 * 120 + x] / 120;
    around += picture[20 * 120 + x] / 120;
  }
  EXPECT_LT(line, 0.45);
  EXPECT_GT(around, 0.65);
}

TEST(BrushWork, CanBeStoppedWithAWholePicture) {
  const Planes photograph(170, 170, 1u), painting(85, 85, 0.25f), style(120, 120, 0.75f);
  for (int after : {1, 3, 5}) {
    int calls = 0;
    const BrushResult result =
        brush_work({painting.view(), photograph.view(), style.view()}, one_thread, [&](double done, const BrushFrame &) {
          EXPECT_GT(done, 0);
          EXPECT_LE(done, 1);
          return ++calls < after;
        });
    EXPECT_FALSE(result.finished);
    EXPECT_EQ(calls, after);
    for (float value : result.picture)
      EXPECT_NEAR(value, 0.75f, 0.003f);
  }
}

TEST(BrushWork, ShowsWhatIsPaintedAfterEveryRound) {
  // Of a plain painting and of plain paint half of each, where the photograph is painted.
  const Planes photograph(170, 170, 0.5f), painting(170, 170, 0.25f), style(170, 170, 0.75f);
  std::vector<float> left(170 * 170);
  for (size_t i = 0; i < left.size(); ++i)
    left[i] = i % 170 < 80;
  BrushWork work{painting.view(), photograph.view(left.data()), style.view()};
  work.amount = 0.5;
  std::vector<double> at;
  brush_work(work, one_thread, [&](double done, const BrushFrame &frame) {
    if (frame) {
      at.push_back(done);
      const std::vector<float> picture = frame();
      EXPECT_EQ(picture.size(), painting.color.size());
      for (size_t i = 0; i < picture.size(); ++i)
        if (i % 170 >= 80 || i % 170 < 60) { // enlarged, the coarse paint ends softly
          EXPECT_NEAR(picture[i], i % 170 < 80 ? 0.5f : 0.25f, 0.003f);
        }
    }
    return true;
  });
  // Levels of a quarter and of half the side before the whole: 6 rounds of search, then 3, and 3, after the last of which all is done.
  const double coarse = 43 * 43, middle = 85 * 85, fine = 170 * 170, all = 6 * coarse + 3 * middle + 3 * fine;
  std::vector<double> expected;
  double done = 0;
  for (const auto &[rounds, pixels] : {std::pair(6, coarse), std::pair(3, middle), std::pair(2, fine)})
    for (int round = 0; round < rounds; ++round)
      expected.push_back((done += pixels) / all);
  ASSERT_EQ(at.size(), expected.size());
  for (size_t i = 0; i < at.size(); ++i)
    EXPECT_NEAR(at[i], expected[i], 1e-9);
}

TEST(BrushWork, StaysNearThePaintingBefore) {
  // Any of the style's noise is as good as any other for a plain painting.
  const Planes photograph(100, 80, 0.5f), painting(100, 80, 0.5f), style(100, 100, 3u);
  BrushWork work{painting.view(), photograph.view(), style.view()};
  Planes first(100, 80, 0.0f);
  first.color = brush_work(work, one_thread).picture;
  const auto from_first = [&] {
    const std::vector<float> picture = brush_work(work, one_thread).picture;
    double sum = 0;
    for (size_t i = 0; i < picture.size(); ++i)
      sum += std::abs(picture[i] - first.color[i]);
    return sum;
  };
  work.seed = 77;
  const double without = from_first();
  work.before = first.view();
  EXPECT_LT(from_first(), without / 2);
}

TEST(BrushWork, KeepsThePaintingBeforeWhereTheGuideIsStillLikeIt) {
  constexpr int width = 160, height = 60, edge = 80, around = 24; // edge: where what is new begins
  const Planes photograph(width, height, 0.5f), style(100, 100, 3u);
  Planes painting(width, height, 0.5f), before(width, height, 0.5f);
  std::vector<float> mask(static_cast<size_t>(width) * height, 1);
  for (size_t i = 0; i < painting.color.size(); ++i) {
    before.color[i] += i % 2 ? 0.01f : -0.01f;
    if (static_cast<int>(i % width) >= edge)
      painting.color[i] = 0.8f;
  }
  std::fill_n(mask.begin(), width, 0.0f); // the uppermost row is not painted
  BrushWork work{painting.view(), photograph.view(), style.view()};
  work.photograph.mask = mask.data();
  work.before = before.view();
  const std::vector<float> picture = brush_work(work, one_thread).picture;
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const size_t i = (static_cast<size_t>(c) * height + y) * width + x;
        if (y == 0) {
          EXPECT_EQ(picture[i], painting.color[i]) << x;
        } else if (x < edge - around) {
          EXPECT_NEAR(picture[i], before.color[i], 1e-6) << x << ", " << y;
        } else if (x >= edge + around) {
          EXPECT_NE(picture[i], before.color[i]) << x << ", " << y;
        }
      }
}
