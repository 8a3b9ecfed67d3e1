// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiles.h"

#include <algorithm>
#include <limits>

namespace pastiche {
namespace {

int64_t rounded_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

struct Span {
  int64_t own_begin, own_end, seen_begin, seen_end;
};

// A side in `count` parts, as equal as multiples of the stride can be.
std::vector<Span> cut_side(int64_t length, int64_t count, int64_t stride, int64_t margin) {
  const int64_t part = rounded_up((length + count - 1) / count, stride);
  std::vector<Span> spans;
  for (int64_t begin = 0; begin < length; begin += part) {
    // What would be less than one step of the deepest maps has no features of its own there; the part before takes it.
    const int64_t end = length - begin - part < stride ? length : begin + part;
    spans.push_back({begin, end, std::max<int64_t>(0, begin - margin), std::min(length, end + margin)});
    if (end == length)
      break;
  }
  return spans;
}

int64_t longest(const std::vector<Span> &spans) {
  int64_t most = 0;
  for (const Span &span : spans)
    most = std::max(most, span.seen_end - span.seen_begin);
  return most;
}

int64_t total(const std::vector<Span> &spans) {
  int64_t sum = 0;
  for (const Span &span : spans)
    sum += span.seen_end - span.seen_begin;
  return sum;
}

} // namespace

Rectangle Tile::own_at(int64_t stride, int64_t map_width, int64_t map_height) const {
  const int64_t left = (own.left - seen.left) / stride, top = (own.top - seen.top) / stride;
  // At the picture's right and lower edge the maps end where they end: poolings drop what does not fill a step.
  const int64_t right = own.right() == seen.right() ? map_width : (own.right() - seen.left) / stride;
  const int64_t bottom = own.bottom() == seen.bottom() ? map_height : (own.bottom() - seen.top) / stride;
  return {left, top, right - left, bottom - top};
}

std::vector<Tile> cut_tiles(int64_t width, int64_t height, int64_t stride, int64_t margin, double most_pixels) {
  margin = rounded_up(margin, stride);
  std::vector<Span> best_columns, best_rows;
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int64_t across = 1; across <= rounded_up(width, stride) / stride; ++across) {
    const std::vector<Span> columns = cut_side(width, across, stride, margin);
    if (total(columns) * height >= least)
      break; // more columns only add margins
    for (int64_t down = 1; down <= rounded_up(height, stride) / stride; ++down) {
      const std::vector<Span> rows = cut_side(height, down, stride, margin);
      const int64_t seen = total(columns) * total(rows);
      if (seen >= least)
        break;
      if (static_cast<double>(longest(columns)) * static_cast<double>(longest(rows)) <= most_pixels) {
        least = seen;
        best_columns = columns;
        best_rows = rows;
        break;
      }
    }
  }
  std::vector<Tile> tiles;
  for (const Span &y : best_rows)
    for (const Span &x : best_columns)
      tiles.push_back({{x.own_begin, y.own_begin, x.own_end - x.own_begin, y.own_end - y.own_begin},
                       {x.seen_begin, y.seen_begin, x.seen_end - x.seen_begin, y.seen_end - y.seen_begin}});
  return tiles;
}

} // namespace pastiche
