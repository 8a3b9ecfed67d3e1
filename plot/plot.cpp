// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/i18n.h"

namespace plot {
namespace {

using pastiche::sentence;

constexpr double letter_width = 6.6;       // of the labels, about
constexpr double turned_label_width = 21;  // what a turned one takes along the axis
constexpr double small_legend_entry = 104; // in a small plot, where the entries stand side by side

constexpr double widest_range = 1e5; // from the highest loss down; what is lower leaves the field

struct Curve {
  const char *label;
  double StepLosses::*loss;
  Ink ink;
  double width;
};
constexpr std::array curves{
    Curve{N_("Style"), &StepLosses::style, Ink::style, 1.8},
    Curve{N_("Content"), &StepLosses::content, Ink::content, 1.8},
    Curve{N_("Total"), &StepLosses::total, Ink::total, 2.2},
};

// The steps of one scale: those from number `first` up to `end`, counted from 0 over all scales.
struct Band {
  size_t first, end;
  int width, height;
};

std::vector<Band> bands_of(std::span<const StepLosses> steps) {
  std::vector<Band> bands;
  for (size_t i = 0; i < steps.size(); i++) {
    if (i == 0 || steps[i].scale != steps[i - 1].scale)
      bands.push_back({i, i, steps[i].width, steps[i].height});
    bands.back().end = i + 1;
  }
  return bands;
}

// 1, 2 or 5 times a power of ten: the nearest one that is not below the value.
double round_number(double value) {
  const double power = std::pow(10, std::floor(std::log10(value) + 1e-9));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= value * (1 - 1e-9))
      return digit * power;
  return 10 * power;
}

struct Range {
  double low, high;
  bool whole_decades() const { return high / low > 150; }
};

Range range_of(std::span<const StepLosses> steps) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const StepLosses &step : steps)
    for (const Curve &curve : curves)
      if (const double loss = step.*curve.loss; std::isfinite(loss) && loss > 0) {
        low = std::min(low, loss);
        high = std::max(high, loss);
      }
  if (high == 0)
    return {0.1, 1};
  low = std::max(low, high / widest_range);
  Range range{1 / round_number(1 / low), round_number(high)}; // the inverse of 2 is 5: still 1, 2 or 5
  if (range.whole_decades())
    range = {std::pow(10, std::floor(std::log10(low))), std::pow(10, std::ceil(std::log10(high)))};
  return range.low < range.high ? range : Range{range.low / 2, range.high * 2};
}

class Plot {
public:
  Plot(std::span<const StepLosses> steps, const Extent &extent, Canvas &canvas)
      : steps(steps), small(extent.small), canvas(canvas), left(small ? 52 : 84), right(extent.width - (small ? 14 : 134)),
        bottom(extent.height - (small ? 26 : 68)), bands(bands_of(steps)), range(range_of(steps)) {
    labels_fit = std::ranges::all_of(bands, [this](const Band &band) { return fits(band); });
    top = small ? 48 : labels_fit ? 76 : 112; // turned labels need more room
  }

  void draw() {
    if (!small)
      canvas.text({.x = left, .y = 32, .words = _("Losses while painting"), .ink = Ink::strong, .size = 17, .bold = true});
    draw_bands();
    draw_losses_axis();
    draw_steps_axis();
    for (const Curve &curve : curves)
      draw_curve(curve);
    draw_legend();
  }

private:
  double x(size_t step) const {
    return left + (right - left) * static_cast<double>(step) / static_cast<double>(std::max<size_t>(1, steps.size()));
  }
  double y(double loss) const { return bottom - (bottom - top) * std::log(loss / range.low) / std::log(range.high / range.low); }

  static std::string size_label(const Band &band) { return sentence("%d × %d", band.width, band.height); }

  // The label between the lines that divide the scales.
  bool fits(const Band &band) const {
    return x(band.end) - x(band.first) > letter_width * static_cast<double>(size_label(band).size()) + 8;
  }

  void draw_bands() {
    double next_label = std::numeric_limits<double>::infinity();
    for (size_t i = bands.size(); i-- > 0;) { // the finest scales are the narrowest, and the last is the picture's own
      const double from = x(bands[i].first), to = x(bands[i].end), middle = (from + to) / 2;
      if (i % 2) {
        canvas.rectangle(from, top, to - from, bottom - top, Ink::band);
        canvas.line({from, top}, {from, bottom}, Ink::divider);
        if (i + 1 < bands.size())
          canvas.line({to, top}, {to, bottom}, Ink::divider);
      }
      if (small ? fits(bands[i]) : labels_fit)
        canvas.text({.x = middle, .y = top - 9, .words = size_label(bands[i]), .ink = Ink::soft, .anchor = Anchor::middle});
      else if (!small && next_label - middle > turned_label_width)
        canvas.text({.x = next_label = middle, .y = top - 8, .words = size_label(bands[i]), .ink = Ink::soft, .turned = -38});
    }
  }

  void draw_losses_axis() {
    const std::vector<double> digits = range.whole_decades() ? std::vector{1.0} : std::vector{1.0, 2.0, 5.0};
    for (double power = std::pow(10, std::floor(std::log10(range.low) + 1e-9)); power <= range.high * (1 + 1e-9); power *= 10)
      for (const double digit : digits)
        if (const double loss = digit * power; loss >= range.low * (1 - 1e-9) && loss <= range.high * (1 + 1e-9)) {
          canvas.line({left, y(loss)}, {right, y(loss)}, Ink::grid);
          canvas.text({.x = left - 9, .y = y(loss) + 4, .words = sentence("%g", loss), .anchor = Anchor::end});
        }
    if (!small)
      canvas.text({.x = 24, .y = (top + bottom) / 2, .words = _("Weighted loss"), .anchor = Anchor::middle, .size = 13, .turned = -90});
  }

  void draw_steps_axis() {
    canvas.line({left, bottom}, {right, bottom}, Ink::soft);
    const double most_marks = small ? 5 : 10;
    const auto between = static_cast<size_t>(std::max(1.0, round_number(static_cast<double>(steps.size()) / most_marks)));
    for (size_t step = 0; step <= steps.size(); step += between) {
      canvas.line({x(step), bottom}, {x(step), bottom + 5}, Ink::soft);
      canvas.text({.x = x(step), .y = bottom + 20, .words = sentence("%zu", step), .anchor = Anchor::middle});
    }
    if (!small)
      canvas.text({.x = (left + right) / 2,
                   .y = bottom + 46,
                   .words = _("Steps; above them the size that is painted at, in pixels"),
                   .anchor = Anchor::middle,
                   .size = 13});
  }

  // Broken between scales, and where a loss is nothing that can be drawn.
  void draw_curve(const Curve &curve) {
    for (const Band &band : bands) {
      std::vector<Point> points;
      for (size_t i = band.first; i < band.end; i++) {
        const double loss = steps[i].*curve.loss;
        const bool drawable = std::isfinite(loss) && loss >= range.low;
        const Point here{x(i + 1), drawable ? std::max(top, y(loss)) : 0};
        // Of thousands of steps most lie on top of each other.
        const bool seen = points.empty() || i + 1 == band.end || here.x - points.back().x > 0.5 || std::abs(here.y - points.back().y) > 0.5;
        if (drawable && seen)
          points.push_back(here);
        if ((!drawable || i + 1 == band.end) && !points.empty()) {
          canvas.curve(points, curve.ink, curve.width);
          points.clear();
        }
      }
    }
  }

  void draw_legend() {
    Point at{small ? left : right + 20, small ? 14 : top + 12};
    for (size_t i = curves.size(); i-- > 0;) {
      canvas.line(at, {at.x + 26, at.y}, curves[i].ink, curves[i].width + 0.6);
      canvas.text({.x = at.x + 36, .y = at.y + 4.5, .words = _(curves[i].label), .size = 13});
      (small ? at.x : at.y) += small ? small_legend_entry : 24;
    }
  }

  std::span<const StepLosses> steps;
  bool small;
  Canvas &canvas;
  double left, right, bottom; // of the field that the curves lie in
  std::vector<Band> bands;
  Range range;
  bool labels_fit;
  double top;
};

} // namespace

void draw(std::span<const StepLosses> steps, const Extent &extent, Canvas &canvas) { Plot(steps, extent, canvas).draw(); }

} // namespace plot
