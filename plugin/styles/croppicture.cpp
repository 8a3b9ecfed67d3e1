// SPDX-License-Identifier: GPL-3.0-or-later
#include "croppicture.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr double reach = 7, least_side = 6; // logical pixels: how far from an edge it can be taken; of a part that is meant
constexpr double key_steps = 100;           // along the picture's longer side

enum Edge : unsigned { left_edge = 1, right_edge = 2, top_edge = 4, bottom_edge = 8, all_edges = 15 };

// 1 towards the right or the bottom edge, -1 away from it, 0 neither.
int direction(guint key, guint away, guint keypad_away, guint towards, guint keypad_towards) {
  return (key == towards || key == keypad_towards) - (key == away || key == keypad_away);
}

} // namespace

CropPicture::CropPicture(int width, int height, std::function<void(const std::optional<raster::Crop> &)> chosen)
    : chosen_(std::move(chosen)), area_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(area_, width, height);
  gtk_widget_add_events(area_, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK | GDK_KEY_PRESS_MASK);
  atk_object_set_role(gtk_widget_get_accessible(area_), ATK_ROLE_IMAGE);

  using Self = CropPicture;
  g_signal_connect(area_, "draw", G_CALLBACK(+[](GtkWidget *, cairo_t *cr, Self *self) -> gboolean {
                     shielded([&] { self->draw(cr); });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "button-press-event", G_CALLBACK(+[](GtkWidget *, GdkEventButton *event, Self *self) -> gboolean {
                     gboolean handled = FALSE;
                     shielded([&] { handled = self->press(event); });
                     return handled;
                   }),
                   this);
  g_signal_connect(area_, "motion-notify-event", G_CALLBACK(+[](GtkWidget *, GdkEventMotion *event, Self *self) -> gboolean {
                     shielded([&] { self->drag(event->x, event->y); });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "button-release-event", G_CALLBACK(+[](GtkWidget *, GdkEventButton *, Self *self) -> gboolean {
                     shielded([&] { self->release(); });
                     return TRUE;
                   }),
                   this);
  g_signal_connect(area_, "key-press-event", G_CALLBACK(+[](GtkWidget *, GdkEventKey *event, Self *self) -> gboolean {
                     gboolean handled = FALSE;
                     shielded([&] { handled = self->key(event); });
                     return handled;
                   }),
                   this);
}

CropPicture::~CropPicture() { g_signal_handlers_disconnect_by_data(area_, this); }

void CropPicture::show(const raster::Pixels &picture, raster::Size size, const std::optional<raster::Crop> &crop) {
  int width, height;
  gtk_widget_get_size_request(area_, &width, &height);
  picture_ = make_thumbnail(picture, width, height, gtk_widget_get_scale_factor(area_));
  size_ = size;
  crop_ = crop;
  gtk_widget_set_can_focus(area_, TRUE);
  gtk_widget_queue_draw(area_);
}

void CropPicture::show_none() {
  picture_.reset();
  dragged_ = 0;
  gtk_widget_set_can_focus(area_, FALSE);
  gtk_widget_queue_draw(area_);
}

CropPicture::Edges CropPicture::used() const {
  const raster::Crop crop = crop_.value_or(raster::Crop{0, 0, size_.width, size_.height});
  return {static_cast<double>(crop.x), static_cast<double>(crop.y), static_cast<double>(crop.x + crop.width),
          static_cast<double>(crop.y + crop.height)};
}

double CropPicture::factor() const {
  double across, down;
  cairo_surface_get_device_scale(picture_.get(), &across, &down);
  return size_.width / (cairo_image_surface_get_width(picture_.get()) / across);
}

GdkPoint CropPicture::origin() const {
  const double width = size_.width / factor(), height = size_.height / factor();
  return {static_cast<int>((gtk_widget_get_allocated_width(area_) - width) / 2),
          static_cast<int>((gtk_widget_get_allocated_height(area_) - height) / 2)};
}

// A narrow part can still be taken in its middle.
unsigned CropPicture::edges_at(double x, double y) const {
  const Edges edges = used();
  const double outside = reach * factor();
  const double across = std::min(outside, (edges.right - edges.left) / 4), down = std::min(outside, (edges.bottom - edges.top) / 4);
  if (x < edges.left - outside || x > edges.right + outside || y < edges.top - outside || y > edges.bottom + outside)
    return 0;
  const unsigned near = (x <= edges.left + across ? left_edge : 0u) | (x >= edges.right - across ? right_edge : 0u) |
                        (y <= edges.top + down ? top_edge : 0u) | (y >= edges.bottom - down ? bottom_edge : 0u);
  return near || !crop_ ? near : all_edges;
}

void CropPicture::draw(cairo_t *cr) const {
  const double width = gtk_widget_get_allocated_width(area_), height = gtk_widget_get_allocated_height(area_);
  GtkStyleContext *style = gtk_widget_get_style_context(area_);
  if (!picture_) {
    constexpr int side = 48;
    if (cairo_surface_t *icon =
            gtk_icon_theme_load_surface(gtk_icon_theme_get_default(), "image-x-generic", side, gtk_widget_get_scale_factor(area_),
                                        gtk_widget_get_window(area_), GTK_ICON_LOOKUP_FORCE_SIZE, nullptr)) {
      gtk_render_icon_surface(style, cr, icon, (width - side) / 2, (height - side) / 2);
      cairo_surface_destroy(icon);
    }
    return;
  }
  const auto [x, y] = origin();
  cairo_set_source_surface(cr, picture_.get(), x, y);
  cairo_paint(cr);
  const Edges edges = used();
  const double shrink = 1 / factor(), left = x + std::round(edges.left * shrink), top = y + std::round(edges.top * shrink),
               right = x + std::round(edges.right * shrink), bottom = y + std::round(edges.bottom * shrink);
  if (crop_) {
    constexpr double shade = 0.6;
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_rectangle(cr, x, y, std::round(size_.width * shrink), std::round(size_.height * shrink));
    cairo_rectangle(cr, left, top, right - left, bottom - top);
    cairo_set_source_rgba(cr, 0, 0, 0, shade);
    cairo_fill(cr);
  }
  // Light on dark, so that it is seen on any picture; the corners stand for what can be dragged.
  const double corner = std::min({10.0, (right - left) / 3, (bottom - top) / 3});
  for (const auto &[gray, thickness] : {std::pair{0.1, 4.0}, std::pair{1.0, 2.0}}) {
    cairo_set_source_rgb(cr, gray, gray, gray);
    if (crop_) {
      cairo_set_line_width(cr, thickness - 1);
      cairo_rectangle(cr, left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
      cairo_stroke(cr);
    }
    cairo_set_line_width(cr, thickness);
    for (const double side : {left + 1, right - 1})
      for (const double end : {top + 1, bottom - 1}) {
        cairo_move_to(cr, side + (side < right - corner ? corner : -corner), end);
        cairo_line_to(cr, side, end);
        cairo_line_to(cr, side, end + (end < bottom - corner ? corner : -corner));
        cairo_stroke(cr);
      }
  }
  if (gtk_widget_has_visible_focus(area_))
    gtk_render_focus(style, cr, 0, 0, width, height);
}

// An edge that passes the opposite one takes its place.
void CropPicture::move(const Edges &from, unsigned edges, double dx, double dy) {
  if (edges == all_edges) {
    dx = std::clamp(dx, -from.left, size_.width - from.right);
    dy = std::clamp(dy, -from.top, size_.height - from.bottom);
  }
  const auto place = [&](double at, Edge edge, double by, int side) {
    return std::clamp(static_cast<int>(std::lround(at + (edges & edge ? by : 0))), 0, side);
  };
  const auto [left, right] = std::minmax({place(from.left, left_edge, dx, size_.width), place(from.right, right_edge, dx, size_.width)});
  const auto [top, bottom] = std::minmax({place(from.top, top_edge, dy, size_.height), place(from.bottom, bottom_edge, dy, size_.height)});
  const raster::Crop part{left, top, right - left, bottom - top}, all{0, 0, size_.width, size_.height};
  crop_ = part == all ? std::nullopt : std::optional(part);
  gtk_widget_queue_draw(area_);
}

// A slip of the pointer is no part.
void CropPicture::end(const std::optional<raster::Crop> &before) {
  const double least = std::max(1.0, least_side * factor());
  if (crop_ && std::min(crop_->width, crop_->height) < least) {
    crop_ = before;
    gtk_widget_queue_draw(area_);
  }
  if (crop_ != before)
    chosen_(crop_);
}

gboolean CropPicture::press(const GdkEventButton *event) {
  if (event->button != GDK_BUTTON_PRIMARY || event->type != GDK_BUTTON_PRESS || !picture_)
    return FALSE;
  gtk_widget_grab_focus(area_);
  const auto [x, y] = origin();
  from_x_ = (event->x - x) * factor();
  from_y_ = (event->y - y) * factor();
  from_ = used();
  before_drag_ = crop_;
  dragged_ = edges_at(from_x_, from_y_);
  if (dragged_ == 0) {
    dragged_ = right_edge | bottom_edge;
    from_ = {from_x_, from_y_, from_x_, from_y_};
  }
  return TRUE;
}

void CropPicture::drag(double x, double y) {
  if (!picture_)
    return;
  const GdkPoint corner = origin();
  const double at_x = (x - corner.x) * factor(), at_y = (y - corner.y) * factor();
  if (dragged_)
    move(from_, dragged_, at_x - from_x_, at_y - from_y_);
  else
    set_cursor(edges_at(at_x, at_y));
}

void CropPicture::release() {
  if (std::exchange(dragged_, 0))
    end(before_drag_);
}

gboolean CropPicture::key(const GdkEventKey *event) {
  if (!picture_)
    return FALSE;
  const int across = direction(event->keyval, GDK_KEY_Left, GDK_KEY_KP_Left, GDK_KEY_Right, GDK_KEY_KP_Right);
  const int down = direction(event->keyval, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_KEY_Down, GDK_KEY_KP_Down);
  const std::optional<raster::Crop> before = crop_;
  if (event->keyval == GDK_KEY_Escape && dragged_) {
    dragged_ = 0;
    crop_ = before_drag_;
    gtk_widget_queue_draw(area_);
    return TRUE;
  }
  if (event->keyval == GDK_KEY_Escape && crop_) {
    crop_.reset();
    gtk_widget_queue_draw(area_);
  } else if (across || down) {
    const double step = std::max(1.0, std::max(size_.width, size_.height) / key_steps);
    move(used(), event->state & GDK_SHIFT_MASK ? right_edge | bottom_edge : all_edges, across * step, down * step);
  } else {
    return FALSE;
  }
  end(before);
  return TRUE;
}

void CropPicture::set_cursor(unsigned edges) {
  const bool across = edges & (left_edge | right_edge), down = edges & (top_edge | bottom_edge);
  const bool falls = edges == (left_edge | top_edge) || edges == (right_edge | bottom_edge);
  const char *name = edges == 0           ? "crosshair"
                     : edges == all_edges ? "move"
                     : across && down     ? (falls ? "nwse-resize" : "nesw-resize")
                     : across             ? "ew-resize"
                                          : "ns-resize";
  GdkCursor *cursor = gdk_cursor_new_from_name(gtk_widget_get_display(area_), name);
  gdk_window_set_cursor(gtk_widget_get_window(area_), cursor);
  g_clear_object(&cursor);
}

} // namespace plugin
