// SPDX-License-Identifier: GPL-3.0-or-later
#include "previewcanvas.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/i18n.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr int least_width = 440, least_height = 360; // logical pixels
constexpr double reach = 10;                         // how far from the divider it can be taken
constexpr double key_pan = 40, key_divider = 0.05;

} // namespace

PreviewCanvas::PreviewCanvas(Events events) : events_(std::move(events)), area_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(area_, least_width, least_height);
  gtk_widget_set_can_focus(area_, TRUE);
  gtk_widget_add_events(area_, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK | GDK_SCROLL_MASK |
                                   GDK_SMOOTH_SCROLL_MASK | GDK_KEY_PRESS_MASK | GDK_KEY_RELEASE_MASK);
  AtkObject *accessible = gtk_widget_get_accessible(area_);
  atk_object_set_role(accessible, ATK_ROLE_IMAGE);
  atk_object_set_name(accessible, _("Preview"));

  using Self = PreviewCanvas;
  g_signal_connect(area_, "draw", G_CALLBACK(+[](GtkWidget *, cairo_t *cr, Self *self) -> gboolean {
                     shielded([&] {
                       self->draw(cr);
                       self->events_.drawn();
                     });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "size-allocate", G_CALLBACK(+[](GtkWidget *, GdkRectangle *size, Self *self) {
                     shielded([&] { self->events_.sized(size->width, size->height); });
                   }),
                   this);
  g_signal_connect(area_, "button-press-event", G_CALLBACK(+[](GtkWidget *, GdkEventButton *event, Self *self) -> gboolean {
                     gboolean handled = FALSE;
                     shielded([&] { handled = self->pressed(event); });
                     return handled;
                   }),
                   this);
  g_signal_connect(area_, "button-release-event", G_CALLBACK(+[](GtkWidget *, GdkEventButton *, Self *self) -> gboolean {
                     shielded([&] { self->released(); });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "motion-notify-event", G_CALLBACK(+[](GtkWidget *, GdkEventMotion *event, Self *self) -> gboolean {
                     shielded([&] { self->moved(event->x, event->y); });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "scroll-event", G_CALLBACK(+[](GtkWidget *, GdkEventScroll *event, Self *self) -> gboolean {
                     shielded([&] { self->scrolled(event); });
                     return TRUE;
                   }),
                   this);
  const auto key = +[](GtkWidget *, GdkEventKey *event, Self *self) -> gboolean {
    gboolean handled = FALSE;
    shielded([&] { handled = self->key(event); });
    return handled;
  };
  g_signal_connect(area_, "key-press-event", G_CALLBACK(key), this);
  g_signal_connect(area_, "key-release-event", G_CALLBACK(key), this);
  g_signal_connect(area_, "focus-out-event", G_CALLBACK(+[](GtkWidget *, GdkEvent *, Self *self) -> gboolean {
                     self->hold(false);
                     return FALSE;
                   }),
                   this);
}

void PreviewCanvas::detach() { g_signal_handlers_disconnect_by_data(area_, this); }

void PreviewCanvas::show_before(Surface picture, bool fits) {
  before_ = std::move(picture);
  fits_ = fits;
  gtk_widget_queue_draw(area_);
}

void PreviewCanvas::show_after(Surface picture) {
  after_ = std::move(picture);
  gtk_widget_queue_draw(area_);
}

void PreviewCanvas::split(bool split) {
  split_ = split;
  gtk_widget_queue_draw(area_);
}

void PreviewCanvas::show_progress(double progress) {
  progress_ = progress;
  gtk_widget_queue_draw(area_);
}

PreviewCanvas::Place PreviewCanvas::place() const {
  const double width = gtk_widget_get_allocated_width(area_), height = gtk_widget_get_allocated_height(area_);
  if (!before_)
    return {0, 0, width, height};
  const double own_width = cairo_image_surface_get_width(before_.get()), own_height = cairo_image_surface_get_height(before_.get());
  const double factor = fits_ ? std::min(width / own_width, height / own_height) : 1;
  return {std::round((width - own_width * factor) / 2), std::round((height - own_height * factor) / 2), own_width * factor,
          own_height * factor};
}

double PreviewCanvas::divider_x() const {
  const Place here = place();
  return here.x + divider_ * here.width;
}

bool PreviewCanvas::near_divider(double x) const { return split_ && after_ && std::abs(x - divider_x()) <= reach; }

// A word on a dark ground, so that it is seen on any picture.
void PreviewCanvas::draw_tag(cairo_t *cr, const char *text, double x, double y, bool leftwards) const {
  constexpr double margin = 4, ground = 0.6;
  PangoLayout *layout = gtk_widget_create_pango_layout(area_, text);
  int width, height;
  pango_layout_get_pixel_size(layout, &width, &height);
  if (leftwards)
    x -= width + 2 * margin;
  cairo_set_source_rgba(cr, 0, 0, 0, ground);
  cairo_rectangle(cr, x, y, width + 2 * margin, height + 2 * margin);
  cairo_fill(cr);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_move_to(cr, x + margin, y + margin);
  pango_cairo_show_layout(cr, layout);
  g_object_unref(layout);
}

void PreviewCanvas::draw_divider(cairo_t *cr, const Place &place) const {
  constexpr double handle = 7, gap = 8;
  const double x = std::round(divider_x()) + 0.5, middle = place.y + place.height / 2;
  // White with a dark edge, so that it is seen on any picture.
  const auto line = [&](double gray, double width) {
    cairo_set_source_rgb(cr, gray, gray, gray);
    cairo_set_line_width(cr, width);
    cairo_move_to(cr, x, place.y);
    cairo_line_to(cr, x, place.y + place.height);
    cairo_stroke(cr);
    cairo_arc(cr, x, middle, handle + (width - 1) / 2, 0, 2 * G_PI);
    cairo_fill(cr);
  };
  line(0.1, 3);
  line(1, 1);
  cairo_save(cr);
  cairo_rectangle(cr, place.x, place.y, place.width, place.height);
  cairo_clip(cr);
  draw_tag(cr, _("Before"), x - gap, place.y + gap, true);
  draw_tag(cr, _("After"), x + gap, place.y + gap, false);
  cairo_restore(cr);
}

void PreviewCanvas::draw(cairo_t *cr) const {
  GtkStyleContext *style = gtk_widget_get_style_context(area_);
  const double width = gtk_widget_get_allocated_width(area_), height = gtk_widget_get_allocated_height(area_);
  gtk_render_background(style, cr, 0, 0, width, height);
  if (before_) {
    const Place here = place();
    draw_checks(cr, here.x, here.y, here.width, here.height);
    const bool both = split_ && after_ && !held_;
    if (!after_ || held_ || both)
      draw_stretched(cr, before_.get(), here.x, here.y, here.width, here.height);
    if (after_ && !held_) {
      cairo_save(cr);
      if (both) {
        cairo_rectangle(cr, divider_x(), here.y, here.x + here.width - divider_x(), here.height);
        cairo_clip(cr);
        draw_checks(cr, here.x, here.y, here.width, here.height);
      }
      draw_stretched(cr, after_.get(), here.x, here.y, here.width, here.height);
      cairo_restore(cr);
    }
    if (both)
      draw_divider(cr, here);
    else if (after_ && held_)
      draw_tag(cr, _("Before"), here.x + reach, here.y + reach, false);
  }
  if (progress_ >= 0) {
    constexpr double thickness = 3;
    GdkRGBA color;
    if (!gtk_style_context_lookup_color(style, "theme_selected_bg_color", &color))
      gdk_rgba_parse(&color, "#3584e4");
    gdk_cairo_set_source_rgba(cr, &color);
    cairo_rectangle(cr, 0, height - thickness, width * progress_, thickness);
    cairo_fill(cr);
  }
  if (gtk_widget_has_visible_focus(area_))
    gtk_render_focus(style, cr, 0, 0, width, height);
}

void PreviewCanvas::hold(bool held) {
  if (held_ != held)
    gtk_widget_queue_draw(area_);
  held_ = held;
}

gboolean PreviewCanvas::pressed(const GdkEventButton *event) {
  if (event->button != GDK_BUTTON_PRIMARY || !before_)
    return FALSE;
  gtk_widget_grab_focus(area_);
  if (event->type == GDK_2BUTTON_PRESS) {
    const Place here = place();
    released();
    if (fits_)
      events_.zoom_in(std::clamp((event->x - here.x) / here.width, 0.0, 1.0), std::clamp((event->y - here.y) / here.height, 0.0, 1.0));
    else
      events_.zoom_out();
  } else if (event->type == GDK_BUTTON_PRESS) {
    drag_ = near_divider(event->x) ? Drag::divider : Drag::picture;
    last_x_ = event->x;
    last_y_ = event->y;
    hold(drag_ == Drag::picture);
  }
  return TRUE;
}

void PreviewCanvas::released() {
  drag_ = Drag::none;
  hold(false);
}

void PreviewCanvas::moved(double x, double y) {
  if (drag_ == Drag::divider) {
    const Place here = place();
    divider_ = std::clamp((x - here.x) / here.width, 0.0, 1.0);
    gtk_widget_queue_draw(area_);
  } else if (drag_ == Drag::picture && !fits_ && (x != last_x_ || y != last_y_)) {
    events_.pan(x - last_x_, y - last_y_);
  }
  last_x_ = x;
  last_y_ = y;
  set_cursor(x);
}

void PreviewCanvas::set_cursor(double x) {
  GdkWindow *window = gtk_widget_get_window(area_);
  if (!window)
    return;
  const char *name = drag_ == Drag::divider || (drag_ == Drag::none && near_divider(x)) ? "col-resize" : fits_ ? "default" : "grab";
  GdkCursor *cursor = gdk_cursor_new_from_name(gtk_widget_get_display(area_), name);
  gdk_window_set_cursor(window, cursor);
  g_clear_object(&cursor);
}

void PreviewCanvas::scrolled(const GdkEventScroll *event) {
  double up = event->direction == GDK_SCROLL_UP ? 1 : event->direction == GDK_SCROLL_DOWN ? -1 : 0;
  if (double across, down; gdk_event_get_scroll_deltas(reinterpret_cast<const GdkEvent *>(event), &across, &down)) {
    scrolled_ -= down;
    if (std::abs(scrolled_) >= 1)
      up = std::exchange(scrolled_, 0);
  }
  const Place here = place();
  if (up > 0 && fits_)
    events_.zoom_in(std::clamp((event->x - here.x) / here.width, 0.0, 1.0), std::clamp((event->y - here.y) / here.height, 0.0, 1.0));
  else if (up < 0 && !fits_)
    events_.zoom_out();
}

gboolean PreviewCanvas::key(const GdkEventKey *event) {
  const bool down = event->type == GDK_KEY_PRESS;
  if (event->keyval == GDK_KEY_space) {
    hold(down);
    return TRUE;
  }
  if (!down)
    return FALSE;
  const int across = (event->keyval == GDK_KEY_Right) - (event->keyval == GDK_KEY_Left);
  const int below = (event->keyval == GDK_KEY_Down) - (event->keyval == GDK_KEY_Up);
  if (split_ && across != 0 && !(event->state & GDK_SHIFT_MASK)) {
    divider_ = std::clamp(divider_ + across * key_divider, 0.0, 1.0);
    gtk_widget_queue_draw(area_);
  } else if (!fits_ && (across != 0 || below != 0)) {
    events_.pan(-across * key_pan, -below * key_pan);
  } else if (fits_ && (event->keyval == GDK_KEY_plus || event->keyval == GDK_KEY_KP_Add)) {
    events_.zoom_in(0.5, 0.5);
  } else if (!fits_ && (event->keyval == GDK_KEY_minus || event->keyval == GDK_KEY_KP_Subtract)) {
    events_.zoom_out();
  } else {
    return FALSE;
  }
  return TRUE;
}

} // namespace plugin
