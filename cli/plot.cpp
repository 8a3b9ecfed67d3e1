// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "core/i18n.h"
#include "raster/sentence.h"

namespace cli {
namespace {

using raster::sentence;

// The picture's own units, which viewers show as pixels.
constexpr double picture_width = 960, picture_height = 540;
constexpr double left = 84, right = 826, bottom = 472; // of the field that the curves lie in
constexpr double letter_width = 6.6;                   // of the labels, about
constexpr double turned_label_width = 21;              // what a turned one takes along the axis

constexpr double widest_range = 1e5; // from the highest loss down; what is lower leaves the field

struct Curve {
  const char *label;
  double StepLosses::*loss;
  const char *color; // told apart by colour-blind people too: Okabe and Ito, Color Universal Design, 2008
  double width;
};
constexpr std::array curves{
    Curve{N_("Style"), &StepLosses::style, "#d55e00", 1.8},
    Curve{N_("Content"), &StepLosses::content, "#0072b2", 1.8},
    Curve{N_("Total"), &StepLosses::total, "#1a1a1a", 2.2},
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
  explicit Plot(std::span<const StepLosses> steps) : steps(steps), bands(bands_of(steps)), range(range_of(steps)) {
    labels_fit = std::ranges::all_of(bands, [this](const Band &band) {
      return x(band.end) - x(band.first) > letter_width * static_cast<double>(size_label(band).size()) + 8;
    });
    top = labels_fit ? 76 : 112; // turned labels need more room
  }

  std::string draw() {
    svg = sentence("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" "
                   "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333333\">\n"
                   "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                   picture_width, picture_height, picture_width, picture_height);
    text(left, 32, _("Losses while painting"), "font-size=\"17\" font-weight=\"bold\" fill=\"#1a1a1a\"");
    draw_bands();
    draw_losses_axis();
    draw_steps_axis();
    for (const Curve &curve : curves)
      draw_curve(curve);
    draw_legend();
    return svg + "</svg>\n";
  }

private:
  double x(size_t step) const {
    return left + (right - left) * static_cast<double>(step) / static_cast<double>(std::max<size_t>(1, steps.size()));
  }
  double y(double loss) const { return bottom - (bottom - top) * std::log(loss / range.low) / std::log(range.high / range.low); }

  static std::string size_label(const Band &band) { return sentence("%d × %d", band.width, band.height); }

  void line(double x1, double y1, double x2, double y2, const char *look) {
    svg += sentence("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, look);
  }

  void text(double at_x, double at_y, const std::string &words, const std::string &look) {
    const std::unique_ptr<char, decltype(&g_free)> escaped(g_markup_escape_text(words.c_str(), -1), g_free);
    svg += sentence("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", at_x, at_y, look.c_str(), escaped.get());
  }

  void draw_bands() {
    double next_label = std::numeric_limits<double>::infinity();
    for (size_t i = bands.size(); i-- > 0;) { // the finest scales are the narrowest, and the last is the picture's own
      const double from = x(bands[i].first), to = x(bands[i].end), middle = (from + to) / 2;
      if (i % 2) {
        svg +=
            sentence("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#f3f5f8\"/>\n", from, top, to - from, bottom - top);
        line(from, top, from, bottom, "stroke=\"#b4bac2\"");
        if (i + 1 < bands.size())
          line(to, top, to, bottom, "stroke=\"#b4bac2\"");
      }
      if (labels_fit)
        text(middle, top - 9, size_label(bands[i]), "text-anchor=\"middle\" fill=\"#5b6168\"");
      else if (next_label - middle > turned_label_width)
        text(middle, top - 8, size_label(bands[i]),
             sentence("transform=\"rotate(-38 %.1f %.1f)\" fill=\"#5b6168\"", next_label = middle, top - 8));
    }
  }

  void draw_losses_axis() {
    const std::vector<double> digits = range.whole_decades() ? std::vector{1.0} : std::vector{1.0, 2.0, 5.0};
    for (double power = std::pow(10, std::floor(std::log10(range.low) + 1e-9)); power <= range.high * (1 + 1e-9); power *= 10)
      for (const double digit : digits)
        if (const double loss = digit * power; loss >= range.low * (1 - 1e-9) && loss <= range.high * (1 + 1e-9)) {
          line(left, y(loss), right, y(loss), "stroke=\"#dfe3e8\"");
          text(left - 9, y(loss) + 4, sentence("%g", loss), "text-anchor=\"end\"");
        }
    const double middle = (top + bottom) / 2;
    text(24, middle, _("Weighted loss"), sentence("text-anchor=\"middle\" font-size=\"13\" transform=\"rotate(-90 24 %.1f)\"", middle));
  }

  void draw_steps_axis() {
    line(left, bottom, right, bottom, "stroke=\"#5b6168\"");
    const auto between = static_cast<size_t>(std::max(1.0, round_number(static_cast<double>(steps.size()) / 10)));
    for (size_t step = 0; step <= steps.size(); step += between) {
      line(x(step), bottom, x(step), bottom + 5, "stroke=\"#5b6168\"");
      text(x(step), bottom + 20, sentence("%zu", step), "text-anchor=\"middle\"");
    }
    text((left + right) / 2, bottom + 46, _("Steps; above them the size that is painted at, in pixels"),
         "text-anchor=\"middle\" font-size=\"13\"");
  }

  // Broken between scales, and where a loss is nothing that can be drawn.
  void draw_curve(const Curve &curve) {
    for (const Band &band : bands) {
      std::string points;
      double last_x = 0, last_y = 0;
      for (size_t i = band.first; i < band.end; i++) {
        const double loss = steps[i].*curve.loss;
        const bool drawable = std::isfinite(loss) && loss >= range.low;
        const double here_x = x(i + 1), here_y = drawable ? std::max(top, y(loss)) : 0;
        // Of thousands of steps most lie on top of each other.
        const bool seen = points.empty() || i + 1 == band.end || here_x - last_x > 0.5 || std::abs(here_y - last_y) > 0.5;
        if (drawable && seen) {
          points += sentence("%s%.1f,%.1f", points.empty() ? "" : " ", here_x, here_y);
          last_x = here_x;
          last_y = here_y;
        }
        if (!drawable || i + 1 == band.end)
          finish(points, curve);
      }
    }
  }

  void finish(std::string &points, const Curve &curve) {
    if (!points.empty())
      svg += sentence("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\" stroke-linejoin=\"round\" "
                      "stroke-linecap=\"round\"/>\n",
                      points.c_str(), curve.color, curve.width);
    points.clear();
  }

  void draw_legend() {
    double at = top + 12;
    for (size_t i = curves.size(); i-- > 0; at += 24) {
      line(right + 20, at, right + 46, at,
           sentence("stroke=\"%s\" stroke-width=\"%g\" stroke-linecap=\"round\"", curves[i].color, curves[i].width + 0.6).c_str());
      text(right + 56, at + 4.5, _(curves[i].label), "font-size=\"13\"");
    }
  }

  std::span<const StepLosses> steps;
  std::vector<Band> bands;
  Range range;
  bool labels_fit; // between the lines that divide the scales
  double top;
  std::string svg;
};

} // namespace

std::string losses_as_svg(std::span<const StepLosses> steps) { return Plot(steps).draw(); }

} // namespace cli
