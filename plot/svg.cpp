// SPDX-License-Identifier: GPL-3.0-or-later
#include "svg.h"

#include <glib.h>

#include <memory>

#include "base/i18n.h"
#include "plot.h"

namespace plot {
namespace {

using pastiche::sentence;

class Svg : public Canvas {
public:
  Svg() {
    text_ = sentence("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" "
                     "font-family=\"sans-serif\" font-size=\"12\" fill=\"%s\">\n"
                     "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                     picture.width, picture.height, picture.width, picture.height, color_on_white(Ink::text));
  }

  std::string finish() const { return text_ + "</svg>\n"; }

  void rectangle(double x, double y, double width, double height, Ink ink) override {
    text_ +=
        sentence("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height, color_on_white(ink));
  }

  void line(Point from, Point to, Ink ink, double width) override {
    text_ +=
        sentence("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"", from.x, from.y, to.x, to.y, color_on_white(ink));
    if (width != 1)
      text_ += sentence(" stroke-width=\"%g\" stroke-linecap=\"round\"", width);
    text_ += "/>\n";
  }

  void curve(const std::vector<Point> &points, Ink ink, double width) override {
    text_ += "<polyline points=\"";
    for (const Point &point : points)
      text_ += sentence("%s%.1f,%.1f", &point == &points.front() ? "" : " ", point.x, point.y);
    text_ += sentence("\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n",
                      color_on_white(ink), width);
  }

  void text(const Text &text) override {
    static constexpr const char *anchors[] = {"start", "middle", "end"};
    text_ += sentence("<text x=\"%.1f\" y=\"%.1f\"", text.x, text.y);
    if (text.anchor != Anchor::start)
      text_ += sentence(" text-anchor=\"%s\"", anchors[static_cast<size_t>(text.anchor)]);
    if (text.size != 12)
      text_ += sentence(" font-size=\"%g\"", text.size);
    if (text.bold)
      text_ += " font-weight=\"bold\"";
    if (text.ink != Ink::text)
      text_ += sentence(" fill=\"%s\"", color_on_white(text.ink));
    if (text.turned != 0)
      text_ += sentence(" transform=\"rotate(%g %.1f %.1f)\"", text.turned, text.x, text.y);
    const std::unique_ptr<char, decltype(&g_free)> escaped(g_markup_escape_text(text.words.c_str(), -1), g_free);
    text_ += sentence(">%s</text>\n", escaped.get());
  }

private:
  std::string text_;
};

} // namespace

const char *color_on_white(Ink ink) {
  switch (ink) {
  case Ink::strong:
  case Ink::total:
    return "#1a1a1a";
  case Ink::text:
    return "#333333";
  case Ink::soft:
    return "#5b6168";
  case Ink::divider:
    return "#b4bac2";
  case Ink::grid:
    return "#dfe3e8";
  case Ink::band:
    return "#f3f5f8";
  case Ink::style:
    return "#d55e00";
  case Ink::content:
    return "#0072b2";
  }
  return "#000000";
}

std::string losses_as_svg(std::span<const StepLosses> steps) {
  Svg svg;
  draw(steps, picture, svg);
  return svg.finish();
}

} // namespace plot
