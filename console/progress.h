// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

#include "core/pastiche.h"

namespace cli {

// "4:05", or "1:04:05" from an hour on.
std::string clock_time(double seconds);

// Tells on standard error how far the painting is: on a terminal as a bar that is drawn over itself, else in lines, few of them.
class Progress {
public:
  explicit Progress(bool quiet);
  ~Progress() { clear(); }

  void show(const pastiche_step &step) { show(step.progress, step.seconds_left); }

  // `done` is 0 … 1; `seconds_left` is below 0 when that is not known; `more` is told too, unless it is empty.
  void show(double done, double seconds_left, const std::string &more = {});

  // Takes the bar off the terminal.
  void clear();

private:
  using Clock = std::chrono::steady_clock;

  enum class Manner { none, bar, lines };
  Manner manner;
  bool drawn = false;
  int told_percent = -1;
  Clock::time_point told;
};

} // namespace cli
