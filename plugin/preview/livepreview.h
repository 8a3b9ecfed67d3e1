// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <functional>
#include <memory>
#include <optional>

#include "plugin/layers/layers.h"
#include "plugin/run/painter.h"
#include "plugin/styles/chosenstyles.h"
#include "previewcanvas.h"
#include "spot.h"

namespace plugin {

// A layer as it will be painted: the whole of it in small, and a spot of it at true size. Paints by itself, and anew whenever an argument
// changes; the window never waits for it.
class LivePreview {
public:
  // `rested` is called from the main loop whenever everything that is to be seen is painted.
  LivePreview(GimpProcedureConfig *config, const Layer &layer, const ChosenStyles &styles, std::function<void()> rested);
  ~LivePreview(); // waits for the step under way
  LivePreview(const LivePreview &) = delete;
  LivePreview &operator=(const LivePreview &) = delete;

  GtkWidget *widget() const { return box_; }

  void restart(); // the styles were read

  // Nothing is begun while something else needs the processor.
  void hold(bool held);

private:
  enum class Stage { whole, spot };

  GtkWidget *make_toggle(const char *label, const char *tip, void (*toggled)(GtkToggleButton *, LivePreview *));
  void read_whole();
  Working working() const;
  bool can_zoom() const;
  void zoom(bool zoomed);
  void change_spot(); // another place or size
  void begin_later(guint milliseconds);
  void begin();
  void fail(const std::exception &failure); // shows why instead of a painting
  void paint_whole();
  void paint_spot();
  void watch(); // news of the painter
  void show();
  void note();

  GimpProcedureConfig *config_;
  const Layer &layer_;
  const ChosenStyles &styles_;
  std::function<void()> rested_;
  PreviewCanvas canvas_;
  GtkWidget *box_, *zoom_, *split_, *note_;

  raster::Pixels content_;                // the whole in small
  std::optional<raster::Pixels> painted_; // the same, painted as far as it is
  raster::Pixels spot_content_;
  std::optional<raster::Pixels> spot_painted_;
  Spot spot_{};
  double center_x_ = 0.5, center_y_ = 0.5; // of the spot, 0..1 of the picture
  int canvas_width_ = 0, canvas_height_ = 0;
  bool whole_stale_ = true, spot_stale_ = true;
  bool spot_unread_ = true; // spot_content_ is of another spot
  bool held_ = false;
  std::string fault_;

  guint timer_ = 0; // the source that will begin
  Stage stage_ = Stage::whole;
  std::unique_ptr<Painter> painter_;
};

} // namespace plugin
