// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of the total, content and style loss over all steps: logarithmic upwards, the scales side by side under their sizes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "losses.h"

namespace plot {

// What a thing is drawn in; every canvas has its own colours for them. The curves' are told apart by colour-blind people too.
enum class Ink { strong, text, soft, divider, grid, band, style, content, total };

enum class Anchor { start, middle, end };

struct Text {
  double x, y; // of the baseline, at the anchor
  std::string words;
  Ink ink = Ink::text;
  Anchor anchor = Anchor::start;
  double size = 12;
  bool bold = false;
  double turned = 0; // degrees around (x, y), clockwise
};

struct Point {
  double x, y;
};

class Canvas {
public:
  virtual ~Canvas() = default;
  virtual void rectangle(double x, double y, double width, double height, Ink ink) = 0; // filled
  virtual void line(Point from, Point to, Ink ink, double width = 1) = 0;
  virtual void curve(const std::vector<Point> &points, Ink ink, double width) = 0;
  virtual void text(const Text &text) = 0;
};

struct Extent {
  double width, height;
  bool small = false; // for a window: without a title and without titles of the axes
};

// In units that are pixels at a usual size. The background is the canvas's own.
void draw(std::span<const StepLosses> steps, const Extent &extent, Canvas &canvas);

// The size of a picture of its own.
constexpr Extent picture{960, 540};

} // namespace plot
