// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "console/stop.h"
#include "plan.h"

namespace batch {

// How many pictures are painted at once, and with what.
struct Capacity {
  int workers = 1;          // processes that paint one picture each
  int threads = 1;          // of each of them
  int cards = 0;            // graphics cards, to be shared out among them; 0: it makes no difference which
  int32_t memory = 0;       // MiB that each of them may use; 0: what is free
  int32_t whole_memory = 0; // the same of one that works alone
};

// For `pictures` that can be painted at the same time. `wanted` is the number of workers that was asked for; 0: one on every graphics card
// with --device cuda, else as many as there are cores, if there is memory for as many pictures like the first ones. That takes as long as
// the engine to start, unless there is nothing to choose: a single one, or a number and --memory were asked for. Returns at once when a
// signal asks to stop.
Capacity find_capacity(const std::vector<const Task *> &pictures, const std::string &folder, int wanted,
                       const cli::BlockedSignals &signals);

} // namespace batch
