// SPDX-License-Identifier: GPL-3.0-or-later
#include "plainborder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

namespace pastiche {

namespace {

constexpr float same_tone = 0.05f;  // how far a pixel of the border may be from its colour: the noise of a scan, compressed
constexpr double nearly_all = 0.98; // of a line's pixels: there is dust
constexpr float edge = 0.06f;       // the least step from the border to the picture
constexpr double edge_part = 0.6;   // of a side's length along which there must be one
constexpr int edge_share = 128;     // of the lines, within which the step is made: scans are soft, and not quite straight
constexpr int soft = 2;             // pixels

// A side seen from outside: `at(line, place)` is the pixel's index, `line` 0 the outermost.
struct Side {
  int lines, length;
  std::function<size_t(int line, int place)> at;
};

int border_of(const Side &side, const float *color, size_t area) {
  if (side.length < 16 || side.lines < 16)
    return 0;
  float tone[3];
  for (int c = 0; c < 3; ++c) {
    double sum = 0;
    for (int place = 0; place < side.length; ++place)
      sum += color[c * area + side.at(0, place)];
    tone[c] = static_cast<float>(sum / side.length);
  }
  // Painted canvas has hues; mounts and scanner beds do not.
  if (std::max({tone[0], tone[1], tone[2]}) - std::min({tone[0], tone[1], tone[2]}) > 2 * same_tone)
    return 0;
  const auto apart = [&](int line, int place) {
    float most = 0;
    for (int c = 0; c < 3; ++c)
      most = std::max(most, std::abs(color[c * area + side.at(line, place)] - tone[c]));
    return most;
  };
  const int most = side.lines / 5;
  int lines = 0;
  for (; lines <= most; ++lines) {
    int same = 0;
    for (int place = 0; place < side.length; ++place)
      same += apart(lines, place) <= same_tone;
    if (same < nearly_all * side.length)
      break;
  }
  if (lines == 0 || lines > most)
    return 0;
  int stepping = 0;
  for (int place = 0; place < side.length; ++place) {
    float step = 0;
    for (int line = lines; line < std::min(lines + std::max(2 * soft, side.lines / edge_share), side.lines); ++line)
      step = std::max(step, apart(line, place));
    stepping += step >= edge;
  }
  return stepping >= edge_part * side.length ? lines : 0;
}

} // namespace

Border plain_border(const float *color, int width, int height) {
  const size_t area = static_cast<size_t>(width) * height;
  Border found{};
  // The sides are seen without the border of the others, which is plain to their very ends; whichever pair comes first, its lines cross the
  // other's border. So both orders are tried, and the first that finds anything counts.
  const auto rows = [&] {
    const int length = width - found.left - found.right;
    const auto top = border_of(
        {height, length, [&](int line, int place) { return static_cast<size_t>(line) * width + found.left + place; }}, color, area);
    const auto bottom = border_of(
        {height, length, [&](int line, int place) { return static_cast<size_t>(height - 1 - line) * width + found.left + place; }}, color,
        area);
    if (top > 0 && bottom > 0 && std::max(top, bottom) <= 3 * std::min(top, bottom) + soft)
      found.top = top, found.bottom = bottom;
  };
  const auto columns = [&] {
    const int length = height - found.top - found.bottom;
    const auto left =
        border_of({width, length, [&](int line, int place) { return static_cast<size_t>(found.top + place) * width + line; }}, color, area);
    const auto right =
        border_of({width, length, [&](int line, int place) { return static_cast<size_t>(found.top + place) * width + width - 1 - line; }},
                  color, area);
    if (left > 0 && right > 0 && std::max(left, right) <= 3 * std::min(left, right) + soft)
      found.left = left, found.right = right;
  };
  rows();
  columns();
  if (found.top == 0)
    rows();
  if (found.top > 0)
    found.top += soft, found.bottom += soft;
  if (found.left > 0)
    found.left += soft, found.right += soft;
  return found;
}

} // namespace pastiche
