// SPDX-License-Identifier: GPL-3.0-or-later
// One picture's way through the core, on a thread of its own.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <glib.h>

#include "core/pastiche.h"
#include "plugin/arguments.h"
#include "plugin/styles/style.h"
#include "raster/pixels.h"

namespace plugin {

// What to paint. The styles may be shared by several orders; a region of a style belongs to one layer.
struct Order {
  raster::Pixels content;
  raster::Pixels overview{}; // of the content, as pastiche_job has it; without pixels: none
  std::shared_ptr<const std::vector<Style>> styles{};
  std::vector<std::optional<raster::Mask>> regions{}; // of the styles in their order; may be shorter than they are
  std::optional<raster::Pixels> start{};              // where the painting starts, instead of options.start
  std::shared_ptr<const Options> options;
  int size = 0;             // instead of options.size; 0: as the options say
  double frame_seconds = 0; // shortest time between two frames; 0: none
};

// What the core told of a step, seconds without pauses, and without the frame.
using Step = pastiche_step;

struct Painted {
  raster::Pixels pixels;
  std::string report;     // pastiche_result_report
  std::string model_hash; // hash_of_model
  bool stopped = false;
};

// Starts at once, on its own thread, where the core is also opened. One painter at a time should be at work in a process.
// Everything but the constructor's `changed` is to be called on the thread of the default main loop.
class Painter {
public:
  // `changed` is called from the default main loop when there are new steps or a new frame or when the painting has ended, never after
  // the painter's destruction. It may destroy the painter.
  Painter(Order order, std::function<void()> changed);
  ~Painter(); // stops, and waits for the step under way
  Painter(const Painter &) = delete;
  Painter &operator=(const Painter &) = delete;

  void stop();             // after the step under way; the result is then the best so far
  void pause(bool paused); // takes effect after the step under way

  std::vector<Step> steps_from(size_t first) const; // those taken since step number `first`, counted from 0
  Step last_step() const;                           // steps == 0: none yet
  std::optional<raster::Pixels> take_frame();       // the newest one, if it has not been taken yet
  bool ended() const;
  Painted take_result(); // once it has ended. Throws what ended the painting: CallError, std::bad_alloc.

private:
  void work();
  void notify();
  int note(const pastiche_step &step);

  const Order order_;
  const std::function<void()> changed_;
  mutable std::mutex mutex_; // over what follows
  std::condition_variable resumed_;
  bool stopping_ = false, paused_ = false, ended_ = false;
  double paused_seconds_ = 0; // up to the last step
  guint pending_ = 0;         // the source that will call `changed_`; 0: none
  std::vector<Step> steps_;
  std::optional<raster::Pixels> frame_;
  Painted painted_;
  std::exception_ptr failure_;
  std::thread thread_;
};

} // namespace plugin
