// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "plugin/layers/layers.h"
#include "plugin/run/painter.h"
#include "plugin/styles/chosenstyles.h"
#include "previewcanvas.h"
#include "spot.h"
#include "variations.h"

namespace plugin {

// A layer as it will be painted: the whole of it in small, and a spot of it pixel by pixel. Paints by itself, and anew whenever an argument
// changes: the first picture at once, where there is one, as large as a tenth of a second allows; its full size and what takes longer when
// nothing has changed for a moment; variations and other sketches when all of that is there. The window never waits for it.
class LivePreview {
public:
  // `rested` is called from the main loop whenever everything that is to be seen is painted. `sketches` are painted after the variations.
  LivePreview(GimpProcedureConfig *config, const Layer &layer, const ChosenStyles &styles, Sketches &sketches,
              std::function<void()> rested);
  ~LivePreview(); // waits for the step under way
  LivePreview(const LivePreview &) = delete;
  LivePreview &operator=(const LivePreview &) = delete;

  GtkWidget *widget() const { return box_; }

  void restart(); // the styles were read
  void reread();  // the layer has another source

  // The whole, as far as it is; nothing: there is none yet.
  std::optional<raster::Pixels> painting() const;

  // Nothing is begun while something else needs the processor.
  void hold(bool held);

private:
  struct View {
    raster::Pixels content;
    Surface before{};                          // of that
    std::optional<raster::Mask> selected{};    // which share of it; nothing: all
    std::optional<raster::Pixels> painted{};   // as far as it is
    bool shows_first = false;                  // that is a first picture
    bool is_small = false;                     // the first picture that was begun last, for the sake of speed
    bool wants_first = true, wants_all = true; // what is still to be begun: the first picture, the painting
  };

  GtkWidget *make_toggle(const char *label, const char *tip, void (*toggled)(GtkToggleButton *, LivePreview *));
  void read_whole();
  Working working() const;
  bool can_zoom() const;
  void zoom(bool zoomed);
  void change_spot(); // another place or size
  void change();      // of an argument
  void begin_soon();
  void await_rest();
  void begin();
  void fail(const std::exception &failure); // shows why instead of a painting
  std::shared_ptr<const std::vector<Style>> styles_as_seen(double style_scale);
  void paint_whole(bool first);
  void paint_spot(bool first);
  void paint(View &view, bool first, Order order);
  int side_in_motion(const Order &order) const;
  void paint_sketch();
  void watch_sketch(Sketches &sketches, size_t number);
  void drop();  // what is under way
  void watch(); // news of the painter
  raster::Pixels as_it_will_be(const View &view, const raster::Pixels &painted) const;
  void show();
  void tell();
  void note();

  GimpProcedureConfig *config_;
  const Layer &layer_;
  const ChosenStyles &styles_;
  std::function<void()> rested_;
  PreviewCanvas canvas_;
  Variations variations_;
  std::array<Sketches *, 2> sketches_;
  GtkWidget *box_, *zoom_, *split_, *note_;

  View whole_, close_up_;
  Spot spot_{};                            // that the close-up shows
  double center_x_ = 0.5, center_y_ = 0.5; // of the spot, 0..1 of the picture
  int canvas_width_ = 0, canvas_height_ = 0;
  bool spot_unread_ = true; // the close-up's content is of another spot
  bool held_ = false;
  double first_seconds_ = 0; // of the last first picture, for a unit of work; 0: not known yet
  std::string fault_;

  // The styles with no more pixels than a first picture of the whole needs, and what they were made from.
  std::shared_ptr<const std::vector<Style>> seen_styles_, seen_from_;
  double seen_pixels_ = 0;

  guint soon_ = 0, rest_ = 0; // the sources that will begin: as soon as everything has been told of a change; when nothing has changed
                              // for a moment
  std::unique_ptr<Painter> painter_;
  View *painting_ = nullptr; // what it paints, or has painted last; null: a sketch
  bool paints_first_ = false;
  bool in_motion_ = false;               // an argument had changed just before
  std::optional<raster::Mask> coverage_; // of the styles in what it paints; nothing: they are everywhere
  bool dropped_ = false;                 // nobody wants it any more
  const char *undrawn_ = nullptr;        // what is to be told when it is drawn
};

} // namespace plugin
