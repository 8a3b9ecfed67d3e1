// SPDX-License-Identifier: GPL-3.0-or-later
#include "livepreview.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "base/i18n.h"
#include "plugin/callerror.h"
#include "plugin/layers/regions.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr int longest_spot_side = 480; // of what is painted for a spot
constexpr double frame_seconds = 0.1;
constexpr guint patience = 250; // milliseconds without another change before painting begins anew

} // namespace

LivePreview::LivePreview(GimpProcedureConfig *config, const Layer &layer, const ChosenStyles &styles, std::function<void()> rested)
    : config_(config), layer_(layer), styles_(styles), rested_(std::move(rested)),
      canvas_({.zoom_in =
                   [this](double x, double y) {
                     center_x_ = x;
                     center_y_ = y;
                     if (can_zoom())
                       gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(zoom_), TRUE);
                   },
               .zoom_out = [this] { gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(zoom_), FALSE); },
               .pan =
                   [this](double dx, double dy) {
                     const Working size = working();
                     // From where the spot is, so that nothing is pent up beyond the picture's edge.
                     center_x_ = (spot_.x + spot_.width / 2.0 - dx) / size.width;
                     center_y_ = (spot_.y + spot_.height / 2.0 - dy) / size.height;
                     change_spot();
                   },
               .sized =
                   [this](int width, int height) {
                     const bool other = std::exchange(canvas_width_, width) != width;
                     if (std::exchange(canvas_height_, height) != height || other)
                       change_spot();
                   }}),
      box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)) {
  GtkWidget *frame = gtk_frame_new(nullptr);
  gtk_frame_set_shadow_type(GTK_FRAME(frame), GTK_SHADOW_IN);
  gtk_container_add(GTK_CONTAINER(frame), canvas_.widget());
  gimp_help_set_help_data(
      canvas_.widget(),
      _("Press the button or the space bar to see the picture as it was. Double-click, or turn the wheel, to see a spot "
        "at its true size; drag to move it"),
      nullptr);
  zoom_ = make_toggle(_("_1:1"),
                      _("Shows a spot at the size that it will have, with the strokes that it will have; drag the picture to move it"),
                      [](GtkToggleButton *button, LivePreview *self) { self->zoom(gtk_toggle_button_get_active(button)); });
  split_ = make_toggle(_("Be_fore and after"), _("Shows both side by side; drag the line between them"),
                       [](GtkToggleButton *button, LivePreview *self) { self->canvas_.split(gtk_toggle_button_get_active(button)); });
  note_ = gtk_label_new(nullptr);
  gtk_label_set_xalign(GTK_LABEL(note_), 0);
  gtk_label_set_yalign(GTK_LABEL(note_), 0);
  gtk_label_set_line_wrap(GTK_LABEL(note_), TRUE);
  gtk_label_set_lines(GTK_LABEL(note_), 3);
  gtk_label_set_ellipsize(GTK_LABEL(note_), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars(GTK_LABEL(note_), 1); // as wide as the picture, however long
  gtk_widget_set_hexpand(note_, TRUE);
  gtk_widget_set_valign(note_, GTK_ALIGN_CENTER);
  GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  for (GtkWidget *button : {split_, zoom_})
    gtk_widget_set_valign(button, GTK_ALIGN_START);
  gtk_box_pack_start(GTK_BOX(bar), note_, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(bar), split_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(bar), zoom_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(box_), frame, TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(box_), bar, FALSE, FALSE, 0);
  gtk_widget_show_all(box_);

  g_signal_connect_swapped(config_, "notify", G_CALLBACK(+[](LivePreview *self) { shielded([&] { self->restart(); }); }), this);
}

LivePreview::~LivePreview() {
  g_signal_handlers_disconnect_by_data(config_, this);
  for (GtkWidget *button : {zoom_, split_})
    g_signal_handlers_disconnect_by_data(button, this);
  canvas_.detach();
  if (timer_)
    g_source_remove(timer_);
}

GtkWidget *LivePreview::make_toggle(const char *label, const char *tip, void (*toggled)(GtkToggleButton *, LivePreview *)) {
  GtkWidget *button = gtk_toggle_button_new_with_mnemonic(label);
  gimp_help_set_help_data(button, tip, nullptr);
  g_signal_connect(button, "toggled", G_CALLBACK(toggled), this);
  return button;
}

Working LivePreview::working() const {
  gint size;
  g_object_get(config_, "size", &size, nullptr);
  return {layer_.area, size};
}

// A picture that is painted no larger than its overview is seen at its true size already.
bool LivePreview::can_zoom() const {
  const Working size = working();
  return size.width > content_.width || size.height > content_.height;
}

void LivePreview::read_whole() { content_ = read_overview(layer_); }

void LivePreview::hold(bool held) {
  if (std::exchange(held_, held) && !held && !timer_)
    begin_later(0);
}

void LivePreview::zoom(bool zoomed) {
  shielded([&] {
    if (zoomed)
      change_spot();
    show();
    note();
  });
}

void LivePreview::restart() {
  whole_stale_ = spot_stale_ = spot_unread_ = true;
  if (painter_)
    painter_->stop();
  gtk_widget_set_sensitive(zoom_, can_zoom());
  if (!can_zoom())
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(zoom_), FALSE);
  begin_later(patience);
}

void LivePreview::change_spot() {
  if (!gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_)))
    return;
  spot_stale_ = spot_unread_ = true;
  spot_painted_.reset();
  if (painter_ && stage_ == Stage::spot)
    painter_->stop();
  show();
  begin_later(patience);
}

void LivePreview::begin_later(guint milliseconds) {
  if (timer_)
    g_source_remove(timer_);
  timer_ = g_timeout_add(
      milliseconds,
      [](gpointer data) -> gboolean {
        auto *self = static_cast<LivePreview *>(data);
        self->timer_ = 0;
        shielded([&] { self->begin(); });
        return G_SOURCE_REMOVE;
      },
      this);
}

// Begins what is still to be painted, unless something is under way: then this is called again at its end.
void LivePreview::begin() {
  if (painter_ || held_ || timer_)
    return;
  try {
    if (content_.rgba.empty())
      read_whole();
    show();
    const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_));
    if (whole_stale_)
      paint_whole();
    else if (zoomed && spot_stale_)
      paint_spot();
    else
      rested_();
  } catch (const std::exception &failure) {
    fail(failure);
    show();
  }
  note();
}

void LivePreview::fail(const std::exception &failure) {
  fault_ = reason_of(failure);
  painted_.reset();
  spot_painted_.reset();
  if (g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
    g_printerr("pastiche: %s\n", fault_.c_str());
}

void LivePreview::paint_whole() {
  spot_painted_.reset();
  whole_stale_ = false; // also when it cannot be painted: nothing changes before an argument does
  fault_.clear();
  stage_ = Stage::whole;
  Order order{.content = content_,
              .overview = content_,
              .styles = styles_.all(),
              .options = std::make_shared<const Options>(config_),
              .frame_seconds = frame_seconds};
  order.regions = read_regions(layer_, *order.styles, region_longest_side);
  painter_ = std::make_unique<Painter>(std::move(order), [this] { shielded([&] { watch(); }); });
}

void LivePreview::paint_spot() {
  spot_stale_ = false;
  fault_.clear();
  stage_ = Stage::spot;
  const auto styles = styles_.all();
  const Working size = working();
  std::optional<Order> order = order_spot(spot_content_, spot_, size, painted_ ? &*painted_ : nullptr, *styles,
                                          read_regions(layer_, *styles, std::max(size.width, size.height)), config_);
  if (!order) // no style is painted here
    return;
  order->frame_seconds = frame_seconds;
  painter_ = std::make_unique<Painter>(std::move(*order), [this] { shielded([&] { watch(); }); });
}

void LivePreview::watch() {
  std::optional<raster::Pixels> picture = painter_->take_frame();
  canvas_.show_progress(painter_->last_step().progress);
  const bool ended = painter_->ended();
  const bool outdated = stage_ == Stage::whole ? whole_stale_ : spot_stale_;
  if (ended) {
    try {
      Painted painted = painter_->take_result();
      picture = std::move(painted.pixels);
    } catch (const std::exception &failure) {
      fail(failure);
    }
    painter_.reset();
    canvas_.show_progress(-1);
  }
  if (picture && !outdated) {
    if (stage_ == Stage::spot && painted_)
      follow_whole(*picture, find_part(spot_, working(), *painted_), *painted_);
    (stage_ == Stage::whole ? painted_ : spot_painted_) = std::move(picture);
  }
  show();
  if (ended)
    begin();
  else
    note();
}

void LivePreview::show() {
  const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_));
  if (content_.rgba.empty())
    return;
  const auto show_painted = [&](const raster::Pixels &painted) { canvas_.show_after(make_surface(as_held(layer_, painted))); };
  if (!zoomed) {
    canvas_.show_before(make_surface(content_), true);
    if (painted_)
      show_painted(*painted_);
    else
      canvas_.show_after(nullptr);
    return;
  }
  const Working size = working();
  if (std::exchange(spot_unread_, false)) {
    spot_ = find_spot(size, center_x_, center_y_, std::min(canvas_width_, longest_spot_side), std::min(canvas_height_, longest_spot_side));
    const auto in_layer = [&](int pixels) { return static_cast<int>(std::lround(pixels / size.scale)); };
    const GeglRectangle part{layer_.area.x + in_layer(spot_.x), layer_.area.y + in_layer(spot_.y), in_layer(spot_.width),
                             in_layer(spot_.height)};
    spot_content_ = read_content(layer_, part, size.scale);
  }
  canvas_.show_before(make_surface(spot_content_), false);
  if (spot_painted_)
    show_painted(*spot_painted_);
  else if (painted_)
    show_painted(enlarge(*painted_, find_part(spot_, size, *painted_), spot_.width, spot_.height));
  else
    canvas_.show_after(nullptr);
}

void LivePreview::note() {
  const Working size = working();
  const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_));
  std::string text;
  if (!fault_.empty())
    text = fault_;
  else if (zoomed)
    text = pastiche::sentence(_("A spot of the %d × %d pixels that are painted, at its true size. The strokes will be like these."),
                              size.width, size.height);
  else
    text = pastiche::sentence(_("Preview of the painting of %d × %d pixels, reduced."), size.width, size.height);
  gtk_label_set_text(GTK_LABEL(note_), text.c_str());
  gtk_widget_set_tooltip_text(note_, text.c_str());
  atk_object_set_description(gtk_widget_get_accessible(canvas_.widget()), text.c_str());
}

} // namespace plugin
