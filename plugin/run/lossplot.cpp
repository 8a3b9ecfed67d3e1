// SPDX-License-Identifier: GPL-3.0-or-later
#include "lossplot.h"

#include <locale.h>

#include <cmath>
#include <numbers>

#include "base/i18n.h"
#include "plot/plot.h"
#include "plot/svg.h"
#include "plugin/callerror.h"

namespace plugin {
namespace {

// Numbers in files are the same in every language.
class PlainNumbers {
public:
  PlainNumbers() : plain_(newlocale(LC_NUMERIC_MASK, "C", duplocale(LC_GLOBAL_LOCALE))), before_(uselocale(plain_)) {}
  ~PlainNumbers() {
    uselocale(before_);
    freelocale(plain_);
  }
  PlainNumbers(const PlainNumbers &) = delete;
  PlainNumbers &operator=(const PlainNumbers &) = delete;

private:
  locale_t plain_, before_;
};

GdkRGBA parsed(const char *color) {
  GdkRGBA rgba;
  gdk_rgba_parse(&rgba, color);
  return rgba;
}

class Cairo : public plot::Canvas {
public:
  explicit Cairo(cairo_t *cairo, PangoContext *context) : cairo_(cairo), layout_(pango_layout_new(context)) {}
  ~Cairo() override { g_object_unref(layout_); }
  Cairo(const Cairo &) = delete;
  Cairo &operator=(const Cairo &) = delete;

  void rectangle(double x, double y, double width, double height, plot::Ink ink) override {
    take(ink);
    cairo_rectangle(cairo_, x, y, width, height);
    cairo_fill(cairo_);
  }

  void line(plot::Point from, plot::Point to, plot::Ink ink, double width) override {
    take(ink);
    cairo_set_line_width(cairo_, width);
    cairo_set_line_cap(cairo_, width == 1 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
    // Thin lines are sharp in the middle of a pixel.
    const auto place = [&](double at) { return width == 1 ? std::floor(at) + 0.5 : at; };
    cairo_move_to(cairo_, place(from.x), place(from.y));
    cairo_line_to(cairo_, place(to.x), place(to.y));
    cairo_stroke(cairo_);
  }

  void curve(const std::vector<plot::Point> &points, plot::Ink ink, double width) override {
    take(ink);
    cairo_set_line_width(cairo_, width);
    cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cairo_, CAIRO_LINE_JOIN_ROUND);
    cairo_move_to(cairo_, points.front().x, points.front().y); // alone it is a dot
    for (const plot::Point &point : points)
      cairo_line_to(cairo_, point.x, point.y);
    cairo_stroke(cairo_);
  }

  void text(const plot::Text &text) override {
    take(text.ink);
    PangoFontDescription *font = pango_font_description_from_string(text.bold ? "Sans Bold" : "Sans");
    pango_font_description_set_absolute_size(font, text.size * PANGO_SCALE);
    pango_layout_set_font_description(layout_, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout_, text.words.c_str(), -1);
    int width;
    pango_layout_get_size(layout_, &width, nullptr);
    const double share = text.anchor == plot::Anchor::start ? 0 : text.anchor == plot::Anchor::middle ? 0.5 : 1;
    cairo_save(cairo_);
    cairo_translate(cairo_, text.x, text.y);
    cairo_rotate(cairo_, text.turned * std::numbers::pi / 180);
    cairo_move_to(cairo_, -share * width / PANGO_SCALE, -static_cast<double>(pango_layout_get_baseline(layout_)) / PANGO_SCALE);
    pango_cairo_show_layout(cairo_, layout_);
    cairo_restore(cairo_);
  }

private:
  virtual GdkRGBA color(plot::Ink ink) const = 0;

  void take(plot::Ink ink) {
    const GdkRGBA rgba = color(ink);
    gdk_cairo_set_source_rgba(cairo_, &rgba);
  }

  cairo_t *cairo_;
  PangoLayout *layout_;
};

// On a widget's background.
class Themed : public Cairo {
public:
  Themed(cairo_t *cairo, GtkWidget *widget) : Cairo(cairo, gtk_widget_get_pango_context(widget)) {
    GtkStyleContext *style = gtk_widget_get_style_context(widget);
    gtk_style_context_get_color(style, gtk_style_context_get_state(style), &text_);
  }

private:
  GdkRGBA color(plot::Ink ink) const override {
    const bool dark_theme = 0.2126 * text_.red + 0.7152 * text_.green + 0.0722 * text_.blue > 0.5;
    switch (ink) {
    case plot::Ink::style: // these two of Okabe and Ito's colours, as the ones for light backgrounds are
      return parsed(dark_theme ? "#e69f00" : plot::color_on_white(ink));
    case plot::Ink::content:
      return parsed(dark_theme ? "#56b4e9" : plot::color_on_white(ink));
    case plot::Ink::soft:
      return faint(0.75);
    case plot::Ink::divider:
      return faint(0.35);
    case plot::Ink::grid:
      return faint(0.18);
    case plot::Ink::band:
      return faint(0.07);
    case plot::Ink::strong:
    case plot::Ink::text:
    case plot::Ink::total:
      break;
    }
    return text_;
  }

  GdkRGBA faint(double share) const { return {text_.red, text_.green, text_.blue, text_.alpha * share}; }

  GdkRGBA text_;
};

class OnWhite : public Cairo {
public:
  using Cairo::Cairo;

private:
  GdkRGBA color(plot::Ink ink) const override { return parsed(plot::color_on_white(ink)); }
};

std::string as_png(const std::vector<plot::StepLosses> &steps) {
  constexpr int pixels_per_unit = 2;
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(plot::picture.width) * pixels_per_unit,
                                                        static_cast<int>(plot::picture.height) * pixels_per_unit);
  cairo_t *cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  cairo_scale(cairo, pixels_per_unit, pixels_per_unit);
  PangoContext *context = pango_cairo_create_context(cairo);
  OnWhite canvas(cairo, context);
  g_object_unref(context); // the canvas has it
  plot::draw(steps, plot::picture, canvas);
  std::string png;
  cairo_surface_write_to_png_stream(
      surface,
      [](void *text, const unsigned char *data, unsigned length) {
        static_cast<std::string *>(text)->append(reinterpret_cast<const char *>(data), length);
        return CAIRO_STATUS_SUCCESS;
      },
      &png);
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  return png;
}

} // namespace

LossPlot::LossPlot(int least_width, int least_height) : widget_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(widget_, least_width, least_height);
  atk_object_set_name(gtk_widget_get_accessible(widget_), _("Losses while painting"));
  g_signal_connect(widget_, "draw", G_CALLBACK(+[](GtkWidget *, cairo_t *cairo, LossPlot *self) -> gboolean {
                     try {
                       self->draw(cairo);
                     } catch (const std::exception &) { // out of memory: the plot stays away
                     }
                     return TRUE;
                   }),
                   this);
  g_object_ref_sink(widget_);
}

LossPlot::~LossPlot() {
  g_signal_handlers_disconnect_by_data(widget_, this);
  g_object_unref(widget_);
}

void LossPlot::add(const std::vector<Step> &steps) {
  for (const Step &step : steps)
    if (step.scale >= 1 && step.scale <= step.scales) // the first picture and brush-work have no losses
      steps_.push_back(plot::losses_of(step));
  gtk_widget_queue_draw(widget_);
}

void LossPlot::clear() {
  steps_.clear();
  gtk_widget_queue_draw(widget_);
}

void LossPlot::draw(cairo_t *cairo) const {
  Themed canvas(cairo, widget_);
  plot::draw(
      steps_,
      {static_cast<double>(gtk_widget_get_allocated_width(widget_)), static_cast<double>(gtk_widget_get_allocated_height(widget_)), true},
      canvas);
}

void LossPlot::save(const std::string &path) const {
  const PlainNumbers plain;
  std::string contents;
  if (path.ends_with(".svg"))
    contents = plot::losses_as_svg(steps_);
  else if (path.ends_with(".png"))
    contents = as_png(steps_);
  else if (path.ends_with(".csv"))
    contents = plot::losses_as_csv(steps_);
  else
    refuse_call(_("Choose a name that ends in .svg, .png or .csv."));
  g_autoptr(GError) error = nullptr;
  if (!g_file_set_contents(path.c_str(), contents.data(), static_cast<gssize>(contents.size()), &error))
    fail_execution("%s", error->message);
}

} // namespace plugin
