// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <vector>

#include "lossplot.h"
#include "painter.h"
#include "picturearea.h"
#include "plugin/layers/layers.h"

namespace plugin {

// Shows how layers are painted, one after the other, and passes the user's wishes on to the painter at work.
class RunWindow {
public:
  enum class Wish { go_on, keep, cancel };

  explicit RunWindow(const std::vector<Layer> &layers);
  ~RunWindow();
  RunWindow(const RunWindow &) = delete;
  RunWindow &operator=(const RunWindow &) = delete;

  // The layer number `index`, from 0, is being painted, by `painter`, which must stay until end_layer().
  void begin_layer(size_t index, const Layer &layer, const raster::Pixels &content);
  void watch(Painter &painter);
  void show_news(); // of the painter
  void end_layer();

  Wish wish() const { return wish_; }

  // When everything has been written: stays until it is closed, if that is what the user chose, with the layer that was painted last.
  void finish(const Layer &painted);

private:
  void build_queue(const std::vector<Layer> &layers, GtkBox *box);
  void respond(int response);
  void stop(Wish wish);
  void toggle_pause();
  void save_plot();
  void tell_state();
  void set_state(size_t index, const char *state);

  GtkWidget *window_;
  PictureArea picture_;
  LossPlot plot_;
  GtkWidget *state_, *time_, *bar_, *pause_, *stop_, *cancel_, *stay_;
  std::vector<GtkWidget *> states_; // of the layers, where there are several
  Painter *painter_ = nullptr;
  const Layer *layer_ = nullptr; // that is painted
  size_t index_ = 0;             // of it
  size_t steps_shown_ = 0;
  Wish wish_ = Wish::go_on;
  bool paused_ = false;
  GMainLoop *closing_ = nullptr; // runs while the window stays after the end
};

} // namespace plugin
