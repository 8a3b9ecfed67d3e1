// SPDX-License-Identifier: GPL-3.0-or-later
#include "patchfield.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace pastiche {

namespace {

constexpr int side = 2 * PatchPicture::radius + 1;
constexpr int block_rows = 16; // searched by one thread: high enough to propagate, low enough that small pictures have some
constexpr int cell = 4;        // pixels of the source whose use is counted together

struct Difference {
  uint32_t first, last; // of the first three bytes of the pixels, and of the fourth
};

// Sums of the absolute differences of a patch's bytes, from its top left corner. Twenty bytes a row.
Difference difference(const uint8_t *a, size_t a_stride, const uint8_t *b, size_t b_stride) {
#ifdef __SSE2__
  const __m128i last_bytes = _mm_set1_epi32(static_cast<int>(0xff000000));
  __m128i all = _mm_setzero_si128(), last = all;
  const auto add = [&](__m128i one, __m128i other) {
    all = _mm_add_epi32(all, _mm_sad_epu8(one, other));
    last = _mm_add_epi32(last, _mm_sad_epu8(_mm_and_si128(one, last_bytes), _mm_and_si128(other, last_bytes)));
  };
  for (int row = 0; row < side; ++row, a += a_stride, b += b_stride) {
    int a_rest, b_rest;
    std::memcpy(&a_rest, a + 16, 4);
    std::memcpy(&b_rest, b + 16, 4);
    add(_mm_loadu_si128(reinterpret_cast<const __m128i *>(a)), _mm_loadu_si128(reinterpret_cast<const __m128i *>(b)));
    add(_mm_cvtsi32_si128(a_rest), _mm_cvtsi32_si128(b_rest));
  }
  const auto sum = [](__m128i halves) {
    return static_cast<uint32_t>(_mm_cvtsi128_si32(halves) + _mm_cvtsi128_si32(_mm_srli_si128(halves, 8)));
  };
  return {sum(all) - sum(last), sum(last)};
#else
  Difference result{0, 0};
  for (int row = 0; row < side; ++row, a += a_stride, b += b_stride)
    for (int i = 0; i < side * 4; ++i)
      (i % 4 == 3 ? result.last : result.first) += static_cast<uint32_t>(std::abs(a[i] - b[i]));
  return result;
#endif
}

// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t hash(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

int below(uint64_t random, int count) { return static_cast<int>(((random & 0xffffffff) * static_cast<uint64_t>(count)) >> 32); }

size_t count_set(const std::vector<uint8_t> &map, size_t all) {
  return map.empty() ? all : map.size() - static_cast<size_t>(std::count(map.begin(), map.end(), 0));
}

} // namespace

void by_rows(int height, const ForEachBand &bands, const std::function<void(int y)> &row) {
  constexpr int band_rows = 16;
  bands((height + band_rows - 1) / band_rows, [&](int band) {
    for (int y = band * band_rows; y < std::min((band + 1) * band_rows, height); ++y)
      row(y);
  });
}

PatchPicture::PatchPicture(int width, int height)
    : width_(width), height_(height), stride_(static_cast<size_t>(width + 2 * radius) * 4), paint_(stride_ * (height + 2 * radius)),
      guide_(paint_.size()) {}

void PatchPicture::extend(std::vector<uint8_t> &layer) {
  for (int y = 0; y < height_; ++y)
    for (int x = 1; x <= radius; ++x) {
      std::memcpy(layer.data() + offset(-x, y), layer.data() + offset(0, y), 4);
      std::memcpy(layer.data() + offset(width_ - 1 + x, y), layer.data() + offset(width_ - 1, y), 4);
    }
  for (int y = 1; y <= radius; ++y) {
    std::memcpy(layer.data() + offset(-radius, -y), layer.data() + offset(-radius, 0), stride_);
    std::memcpy(layer.data() + offset(-radius, height_ - 1 + y), layer.data() + offset(-radius, height_ - 1), stride_);
  }
}

PatchField::PatchField(const PatchPicture &target, const PatchPicture &source, PatchRules rules, uint64_t seed, const ForEachBand &bands,
                       const std::vector<Place> &start)
    : target_(target), source_(source), rules_(std::move(rules)), seed_(seed),
      wanted_count_(count_set(rules_.wanted, static_cast<size_t>(target.width()) * target.height())),
      usable_count_(count_set(rules_.usable, static_cast<size_t>(source.width()) * source.height())),
      places_(static_cast<size_t>(target.width()) * target.height(), Place{0, 0}), distances_(places_.size(), nowhere),
      cells_across_((source.width() + cell - 1) / cell), cost_(static_cast<size_t>(cells_across_) * ((source.height() + cell - 1) / cell)) {
  if (usable_count_ == 0)
    return;
  // Where few places are usable, hitting one at random takes long; the next one in reading order will do.
  const size_t area = static_cast<size_t>(source.width()) * source.height();
  std::vector<uint32_t> next;
  if (!rules_.usable.empty()) {
    next.resize(area);
    uint32_t last = static_cast<uint32_t>(std::find_if(rules_.usable.begin(), rules_.usable.end(), [](uint8_t u) { return u; }) -
                                          rules_.usable.begin());
    for (size_t i = area; i-- > 0;)
      next[i] = last = rules_.usable[i] ? static_cast<uint32_t>(i) : last;
  }
  by_blocks(
      bands,
      [&](int y) {
        for (int x = 0; x < width(); ++x)
          if (wanted(x, y)) {
            Place &here = places_[index(x, y)];
            if (!start.empty() && inside(start[index(x, y)]) && usable(start[index(x, y)]))
              here = start[index(x, y)];
            else {
              size_t at = hash(seed_ ^ hash(index(x, y))) % area;
              if (!next.empty())
                at = next[at];
              here = {static_cast<uint16_t>(at % source_.width()), static_cast<uint16_t>(at / source_.width())};
            }
            distances_[index(x, y)] = measure(x, y, here, nowhere);
          }
      },
      true);
}

// At least `limit` when it is not below it.
uint32_t PatchField::measure(int x, int y, Place at, uint32_t limit) const {
  constexpr int r = PatchPicture::radius;
  const uint32_t weight = rules_.weight.empty() ? 16 : rules_.weight[index(x, y)],
                 weight_last = rules_.weight_last.empty() ? 16 : rules_.weight_last[index(x, y)];
  uint32_t sum = cost_[static_cast<size_t>(at.y / cell) * cells_across_ + at.x / cell];
  if (sum >= limit)
    return limit;
  const Difference guides = difference(target_.guide(x - r, y - r), target_.stride(), source_.guide(at.x - r, at.y - r), source_.stride());
  sum += weight * guides.first + weight_last * guides.last;
  if (sum >= limit)
    return limit;
  return sum + 16 * difference(target_.paint(x - r, y - r), target_.stride(), source_.paint(at.x - r, at.y - r), source_.stride()).first;
}

// Every other block of rows at a time, so that no block reads what another one is writing.
void PatchField::by_blocks(const ForEachBand &bands, const std::function<void(int y)> &row, bool forward) const {
  const int blocks = (height() + block_rows - 1) / block_rows;
  for (int odd = 0; odd < 2; ++odd)
    if (blocks > odd)
      bands((blocks - odd + 1) / 2, [&](int number) {
        const int begin = (2 * number + odd) * block_rows, end = std::min(begin + block_rows, height());
        for (int i = 0; i < end - begin; ++i)
          row(forward ? begin + i : end - 1 - i);
      });
}

void PatchField::count_uses() {
  if (rules_.uniformity == 0)
    return;
  const int cells_down = static_cast<int>(cost_.size()) / cells_across_;
  std::vector<uint32_t> uses(cost_.size());
  for (size_t i = 0; i < places_.size(); ++i)
    if (distances_[i] != nowhere)
      ++uses[static_cast<size_t>(places_[i].y / cell) * cells_across_ + places_[i].x / cell];
  // A patch covers its neighbours too.
  const double average = static_cast<double>(wanted_count_) * cell * cell / static_cast<double>(usable_count_);
  for (int y = 0; y < cells_down; ++y)
    for (int x = 0; x < cells_across_; ++x) {
      uint32_t sum = 0, cells = 0;
      for (int v = std::max(y - 1, 0); v <= std::min(y + 1, cells_down - 1); ++v)
        for (int u = std::max(x - 1, 0); u <= std::min(x + 1, cells_across_ - 1); ++u, ++cells)
          sum += uses[static_cast<size_t>(v) * cells_across_ + u];
      const double ratio = std::min(sum / (cells * average), 16.0);
      cost_[static_cast<size_t>(y) * cells_across_ + x] = static_cast<uint32_t>(16 * rules_.uniformity * ratio);
    }
}

void PatchField::search_row(int y, int reach, bool forward) {
  const int step = forward ? 1 : -1;
  for (int i = 0; i < width(); ++i) {
    const int x = forward ? i : width() - 1 - i;
    const size_t here = index(x, y);
    if (distances_[here] == nowhere)
      continue;
    Place best = places_[here];
    uint32_t distance = measure(x, y, best, nowhere);
    const auto look_at = [&](int u, int v) {
      if (u < 0 || v < 0 || u >= source_.width() || v >= source_.height())
        return;
      const Place candidate{static_cast<uint16_t>(u), static_cast<uint16_t>(v)};
      if (candidate == best || !usable(candidate))
        return;
      const uint32_t other = measure(x, y, candidate, distance);
      if (other < distance) {
        distance = other;
        best = candidate;
      }
    };
    if (x - step >= 0 && x - step < width() && distances_[here - step] != nowhere)
      look_at(places_[here - step].x + step, places_[here - step].y);
    if (y - step >= 0 && y - step < height()) {
      const size_t above = index(x, y - step);
      if (distances_[above] != nowhere)
        look_at(places_[above].x, places_[above].y + step);
    }
    uint64_t random = hash(seed_ ^ hash((static_cast<uint64_t>(round_) << 40) + here));
    for (int far = std::min(reach, std::max(source_.width(), source_.height())); far >= 1; far /= 2) {
      random = hash(random);
      look_at(best.x + below(random, 2 * far + 1) - far, best.y + below(random >> 32, 2 * far + 1) - far);
    }
    places_[here] = best;
    distances_[here] = distance;
  }
}

void PatchField::search(int reach, const ForEachBand &bands) {
  count_uses();
  const bool forward = round_ % 2 == 0;
  by_blocks(bands, [&](int y) { search_row(y, reach, forward); }, forward);
  ++round_;
}

} // namespace pastiche
