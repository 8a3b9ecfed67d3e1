// SPDX-License-Identifier: GPL-3.0-or-later
// What a call says while it works: GIMP's status bar, and lines on stderr when the environment has PASTICHE_PROGRESS=1
// (GIMP shows nothing when it runs without a window).
#pragma once

#include <glib.h>

#include "painter.h"
#include "plugin/layers/layers.h"

namespace plugin {

class Progress {
public:
  explicit Progress(size_t layer_count);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  void show(size_t layer_index, const Step &step);
  void show_painted(const Layer &layer, double seconds);

private:
  void print(const Step &step, double whole, double seconds_left);

  size_t layer_count_;
  bool prints_;
  gint64 printed_at_;          // microseconds
  double printed_whole_ = 0.0; // 0..1
};

} // namespace plugin
