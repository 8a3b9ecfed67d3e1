// SPDX-License-Identifier: GPL-3.0-or-later
#include "livepreview.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "base/i18n.h"
#include "fade.h"
#include "plugin/callerror.h"
#include "plugin/layers/regions.h"
#include "plugin/shield.h"

namespace plugin {
namespace {

constexpr int longest_spot_side = 480; // of what is painted for a spot, before it is enlarged
constexpr double frame_seconds = 0.1;
constexpr double sketch_scale = 0.5; // of the overview
constexpr guint patience = 250;      // milliseconds without another change before painting begins anew

// What a first picture may take while a slider moves; what is around it takes nearly as long.
constexpr double seconds_in_motion = 0.06;

// A first picture costs its pixels and a little that does not depend on them.
double work_of(double width, double height) { return width * height + 20000; }

// As the arguments say, or what is left of them for a first picture.
std::shared_ptr<Options> make_options(GimpProcedureConfig *config, bool first) {
  auto options = std::make_shared<Options>(config);
  if (first) {
    options->values().steps = 0;
    options->values().brush_work = 0;
  }
  return options;
}

} // namespace

LivePreview::LivePreview(GimpProcedureConfig *config, const Layer &layer, const ChosenStyles &styles, Sketches &sketches,
                         std::function<void()> rested)
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
                     // From where the spot is, so that nothing is pent up beyond the picture's edge.
                     center_x_ = (spot_.x + spot_.width / 2.0 - dx) / layer_.area.width;
                     center_y_ = (spot_.y + spot_.height / 2.0 - dy) / layer_.area.height;
                     change_spot();
                   },
               .sized =
                   [this](int width, int height) {
                     const bool other = std::exchange(canvas_width_, width) != width;
                     if (std::exchange(canvas_height_, height) != height || other)
                       change_spot();
                   },
               .drawn = [this] { tell(); }}),
      variations_(config), sketches_{&variations_, &sketches}, box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)) {
  GtkWidget *frame = gtk_frame_new(nullptr);
  gtk_frame_set_shadow_type(GTK_FRAME(frame), GTK_SHADOW_IN);
  gtk_container_add(GTK_CONTAINER(frame), canvas_.widget());
  gimp_help_set_help_data(
      canvas_.widget(),
      _("Press the button or the space bar to see the picture as it was. Double-click, or turn the wheel, to see a spot "
        "at its true size; drag to move it"),
      nullptr);
  zoom_ = make_toggle(_("Close-up, _100 %"),
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
  gtk_box_pack_start(GTK_BOX(box_), variations_.widget(), FALSE, FALSE, 0);
  gtk_widget_show_all(box_);

  g_signal_connect_swapped(config_, "notify", G_CALLBACK(+[](LivePreview *self) { shielded([&] { self->change(); }); }), this);
}

LivePreview::~LivePreview() {
  g_signal_handlers_disconnect_by_data(config_, this);
  for (GtkWidget *button : {zoom_, split_})
    g_signal_handlers_disconnect_by_data(button, this);
  canvas_.detach();
  for (const guint source : {soon_, rest_})
    if (source)
      g_source_remove(source);
}

GtkWidget *LivePreview::make_toggle(const char *label, const char *tip, void (*toggled)(GtkToggleButton *, LivePreview *)) {
  GtkWidget *button = gtk_check_button_new_with_mnemonic(label); // its mark shows whether it is on, in every theme
  gimp_help_set_help_data(button, tip, nullptr);
  g_signal_connect(button, "toggled", G_CALLBACK(toggled), this);
  return button;
}

Working LivePreview::working() const {
  gint size;
  g_object_get(config_, "size", &size, nullptr);
  return {layer_.area, size};
}

// A layer that is no larger than its overview is seen pixel by pixel already.
bool LivePreview::can_zoom() const { return layer_.area.width > whole_.content.width || layer_.area.height > whole_.content.height; }

void LivePreview::read_whole() {
  whole_.content = read_overview(layer_);
  whole_.before = make_surface(whole_.content);
  whole_.selected = selected_of(layer_, layer_.area, static_cast<double>(whole_.content.width) / layer_.area.width);
}

std::optional<raster::Pixels> LivePreview::painting() const {
  return whole_.painted ? std::optional(as_it_will_be(whole_, *whole_.painted)) : std::nullopt;
}

void LivePreview::hold(bool held) {
  if (std::exchange(held_, held) && !held)
    begin_soon();
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
  drop();
  change();
}

void LivePreview::reread() {
  whole_.content = {};
  restart();
}

// A first picture that was begun in motion is finished, and the next one is of what is newest then: else there would be none while a slider
// moves.
void LivePreview::change() {
  for (View *view : {&whole_, &close_up_})
    view->wants_first = view->wants_all = true;
  spot_unread_ = true;
  for (Sketches *each : sketches_)
    each->grow_stale();
  if (!in_motion_)
    drop();
  gtk_widget_set_sensitive(zoom_, can_zoom());
  if (!can_zoom())
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(zoom_), FALSE);
  begin_soon();
  await_rest();
}

void LivePreview::change_spot() {
  if (!gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_)))
    return;
  close_up_.wants_first = close_up_.wants_all = spot_unread_ = true;
  close_up_.painted.reset();
  if (painting_ != &whole_)
    drop();
  show();
  begin_soon();
  await_rest();
}

// Chosen styles are read when the program is idle, and that comes first.
void LivePreview::begin_soon() {
  if (!soon_)
    soon_ = g_idle_add_full(
        G_PRIORITY_LOW,
        [](gpointer data) -> gboolean {
          auto *self = static_cast<LivePreview *>(data);
          self->soon_ = 0;
          shielded([&] { self->begin(); });
          return G_SOURCE_REMOVE;
        },
        this, nullptr);
}

void LivePreview::await_rest() {
  if (rest_)
    g_source_remove(rest_);
  rest_ = g_timeout_add(
      patience,
      [](gpointer data) -> gboolean {
        auto *self = static_cast<LivePreview *>(data);
        self->rest_ = 0;
        shielded([&] { self->begin(); });
        return G_SOURCE_REMOVE;
      },
      this);
}

// Begins what is still to be painted, unless something is under way: then this is called again at its end.
void LivePreview::begin() {
  if (painter_ || held_ || soon_)
    return;
  try {
    const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_)), unread = whole_.content.rgba.empty();
    if (unread)
      read_whole();
    if (unread || (zoomed && spot_unread_))
      show();
    for (View *view : {&whole_, &close_up_})
      if (!rest_ && std::exchange(view->is_small, false))
        view->wants_first = true;
    // While a slider moves, the two take turns.
    const bool after_whole = painting_ == &whole_ && paints_first_ && !dropped_;
    const bool spot_next = zoomed && close_up_.wants_first && after_whole;
    // Also when it cannot be painted it is wanted no more: nothing changes before an argument does.
    if (!spot_next && std::exchange(whole_.wants_first, false))
      paint_whole(true);
    else if (zoomed && std::exchange(close_up_.wants_first, false))
      paint_spot(true);
    else if (rest_)
      return;
    else if (std::exchange(whole_.wants_all, false))
      paint_whole(false);
    else if (zoomed && std::exchange(close_up_.wants_all, false))
      paint_spot(false);
    else {
      rested_();
      if (!held_)
        paint_sketch();
    }
  } catch (const std::exception &failure) {
    fail(failure);
    show();
  }
  note();
}

void LivePreview::fail(const std::exception &failure) {
  fault_ = reason_of(failure);
  whole_.painted.reset();
  close_up_.painted.reset();
  if (g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
    g_printerr("pastiche: %s\n", fault_.c_str());
}

// The core looks at no more pixels of a style than the picture has, times the square of style-scale.
std::shared_ptr<const std::vector<Style>> LivePreview::styles_as_seen(double style_scale) {
  const auto all = styles_.all();
  // By powers of two: a slider has many values.
  const double pixels =
      static_cast<double>(whole_.content.width) * whole_.content.height * std::exp2(2 * std::max(0.0, std::ceil(std::log2(style_scale))));
  if (seen_from_ == all && seen_pixels_ == pixels)
    return seen_styles_;
  auto reduced = std::make_shared<std::vector<Style>>(*all);
  for (Style &style : *reduced) {
    const double factor = std::sqrt(pixels / (static_cast<double>(style.picture.width) * style.picture.height));
    if (factor < 1)
      style.picture = reduce(style.picture, raster::scaled(style.picture.width, factor), raster::scaled(style.picture.height, factor));
  }
  seen_from_ = all;
  seen_pixels_ = pixels;
  return seen_styles_ = reduced;
}

void LivePreview::paint_whole(bool first) {
  const auto options = make_options(config_, first);
  Order order{.content = whole_.content,
              .overview = whole_.content,
              .styles = first ? styles_as_seen(options->values().style_scale) : styles_.all(),
              .options = options};
  order.regions = read_regions(layer_, *order.styles, region_longest_side);
  paint(whole_, first, std::move(order));
}

void LivePreview::paint_spot(bool first) {
  const auto styles = styles_.all();
  const Working size = working();
  std::optional<Order> order = order_spot(close_up_.content, spot_, layer_.area, size, whole_.painted ? &*whole_.painted : nullptr, *styles,
                                          read_regions(layer_, *styles, std::max(size.width, size.height)), make_options(config_, first));
  if (order)
    paint(close_up_, first, std::move(*order));
  else // no style is painted here
    begin_soon();
}

void LivePreview::paint(View &view, bool first, Order order) {
  fault_.clear();
  painting_ = &view;
  paints_first_ = first;
  dropped_ = false;
  order.frame_seconds = first ? 0 : frame_seconds;
  coverage_ = coverage_of(order.regions, order.styles->size());
  in_motion_ = first && rest_ != 0;
  view.is_small = in_motion_ && (order.size = side_in_motion(order)) > 0;
  painter_ = std::make_unique<Painter>(std::move(order), [this] { shielded([&] { watch(); }); });
}

// The longest side at which a first picture is painted fast enough, by what the last one took; 0: that of the arguments. One of few: what
// the core knows of the styles, it knows at the sizes that it has met.
int LivePreview::side_in_motion(const Order &order) const {
  const int longest = std::max(order.content.width, order.content.height), wanted = order.options->values().size;
  const int side = wanted > 0 ? std::min(longest, wanted) : longest;
  double part = 1;
  for (const double smaller : {2.0 / 3, 1.0 / 2, 1.0 / 3}) {
    const double scale = part * side / longest;
    if (first_seconds_ * work_of(order.content.width * scale, order.content.height * scale) <= seconds_in_motion)
      break;
    part = smaller;
  }
  return part < 1 ? static_cast<int>(side * part) : 0;
}

// A first picture in small.
void LivePreview::paint_sketch() {
  const auto next = std::ranges::find_if(sketches_, [](const Sketches *each) { return each->next().has_value(); });
  if (next == sketches_.end() || !fault_.empty())
    return;
  Sketches &sketches = **next;
  const size_t number = *sketches.next();
  const auto options = make_options(config_, true);
  sketches.vary(number, options->values());
  raster::Pixels small =
      reduce(whole_.content, raster::scaled(whole_.content.width, sketch_scale), raster::scaled(whole_.content.height, sketch_scale));
  Order order{.content = small, .overview = std::move(small), .styles = styles_as_seen(options->values().style_scale), .options = options};
  order.regions = read_regions(layer_, *order.styles, region_longest_side);
  painting_ = nullptr;
  paints_first_ = in_motion_ = dropped_ = false;
  painter_ = std::make_unique<Painter>(std::move(order), [this, &sketches, number] { shielded([&] { watch_sketch(sketches, number); }); });
}

void LivePreview::watch_sketch(Sketches &sketches, size_t number) {
  if (!painter_->ended())
    return;
  std::optional<raster::Pixels> picture;
  try {
    picture = as_it_will_be(whole_, painter_->take_result().pixels);
  } catch (const std::exception &) {
    // not with every model
  }
  painter_.reset();
  if (!dropped_)
    sketches.show(number, picture ? &*picture : nullptr);
  if (std::ranges::none_of(sketches_, [](const Sketches *each) { return each->next().has_value(); }) &&
      g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
    g_printerr("pastiche: sketches painted\n");
  begin();
}

void LivePreview::drop() {
  dropped_ = true;
  if (painter_)
    painter_->stop();
}

void LivePreview::watch() {
  View &view = *painting_;
  std::optional<raster::Pixels> picture = painter_->take_frame();
  const bool ended = painter_->ended();
  const Step step = painter_->last_step();
  if (!paints_first_)
    canvas_.show_progress(step.progress);
  else if (ended && !dropped_ && step.steps > 0)
    first_seconds_ = step.seconds / work_of(step.width, step.height);
  if (ended) {
    try {
      picture = std::move(painter_->take_result().pixels);
    } catch (const std::exception &failure) {
      if (paints_first_) // not with every model; what is wrong with the painting is told when its turn comes
        view.shows_first = false;
      else
        fail(failure);
    }
    painter_.reset();
    canvas_.show_progress(-1);
  }
  const bool news = picture.has_value() || ended;
  // A first picture shows more than what is optimised on the way to its size.
  const bool coarse = !ended && picture && view.shows_first && view.painted && picture->width < view.painted->width;
  if (picture && !dropped_ && !coarse) {
    if (!ended && coverage_) // the core fades but what it has finished
      picture = fade(*picture, view.content, *coverage_, Mix::coded);
    if (&view == &close_up_ && whole_.painted)
      follow_whole(*picture, find_part(spot_, layer_.area, *whole_.painted), *whole_.painted);
    view.painted = std::move(picture);
    view.shows_first = paints_first_;
    if (ended)
      undrawn_ = paints_first_ ? "first picture drawn" : "painting drawn";
  }
  if (news)
    show();
  if (ended)
    begin();
  else
    note();
}

// For whoever measures, as PASTICHE_PROGRESS has it.
void LivePreview::tell() {
  if (const char *drawn = std::exchange(undrawn_, nullptr); drawn && g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") == 0)
    g_printerr("pastiche: %s\n", drawn);
}

raster::Pixels LivePreview::as_it_will_be(const View &view, const raster::Pixels &painted) const {
  return as_held(layer_, view.selected ? fade(painted, view.content, *view.selected, Mix::linear) : painted);
}

void LivePreview::show() {
  const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_));
  if (whole_.content.rgba.empty())
    return;
  if (!zoomed) {
    canvas_.show_before(whole_.before, true);
    canvas_.show_after(whole_.painted ? make_surface(as_it_will_be(whole_, *whole_.painted)) : nullptr);
    return;
  }
  const Working size = working();
  if (std::exchange(spot_unread_, false)) {
    const int most_side = static_cast<int>(longest_spot_side / size.scale);
    spot_ = find_spot(layer_.area, center_x_, center_y_, std::min(canvas_width_, most_side), std::min(canvas_height_, most_side));
    const GeglRectangle part{layer_.area.x + spot_.x, layer_.area.y + spot_.y, spot_.width, spot_.height};
    close_up_.content = read_content(layer_, part, 1);
    close_up_.before = make_surface(close_up_.content);
    close_up_.selected = selected_of(layer_, part, 1);
  }
  canvas_.show_before(close_up_.before, false);
  if (close_up_.painted)
    canvas_.show_after(make_surface(as_it_will_be(close_up_, *close_up_.painted)));
  else if (whole_.painted)
    canvas_.show_after(make_surface(
        as_it_will_be(close_up_, enlarge(*whole_.painted, find_part(spot_, layer_.area, *whole_.painted), spot_.width, spot_.height))));
  else
    canvas_.show_after(nullptr);
}

void LivePreview::note() {
  const Working size = working();
  const bool zoomed = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(zoom_));
  std::string text;
  if (!fault_.empty())
    text = fault_;
  else if (zoomed && size.scale < 1)
    text = pastiche::sentence(_("The layer's own pixels: painted at %d × %d, enlarged %.1f times. The strokes will be like these."),
                              size.width, size.height, 1 / size.scale);
  else if (zoomed)
    text = pastiche::sentence(_("A spot of the %d × %d pixels that are painted, at its true size. The strokes will be like these."),
                              size.width, size.height);
  else
    text = pastiche::sentence(_("Preview of the painting of %d × %d pixels, reduced."), size.width, size.height);
  if (text == gtk_label_get_text(GTK_LABEL(note_)))
    return; // else the whole window would be laid out anew with every picture
  gtk_label_set_text(GTK_LABEL(note_), text.c_str());
  gtk_widget_set_tooltip_text(note_, text.c_str());
  atk_object_set_description(gtk_widget_get_accessible(canvas_.widget()), text.c_str());
}

} // namespace plugin
