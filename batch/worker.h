// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "capacity.h"
#include "plan.h"

namespace batch {

// What workers have in common.
struct Workshop {
  const std::vector<Series> &plan;
  std::string folder; // for the results
  Capacity capacity;
};

// A picture of the plan.
struct Place {
  size_t series, frame;
  std::optional<size_t> start; // the frame of the same series whose result this one starts from
  double scene_loss = 0;       // of that frame, as its line of the report says; 0: unknown
  bool alone = false;          // it is painted while no other one is, with all the memory
};

// A process that paints one picture after the other, so that one that crashes loses only its picture. It ends with this one, however that
// may end. Must be started while this process has no threads.
class Worker {
public:
  // `number` counts workers from 0; `leave` is called in the new process, to let go of what is only this one's. Throws Failure when no
  // process can be started.
  Worker(const Workshop &workshop, int number, const std::function<void()> &leave);
  ~Worker(); // kills it
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  int news() const { return from; } // to be waited for with poll()

  void paint(const Place &place);
  const std::optional<Place> &place() const { return painting; }

  // Asks it to end: at once, or when it has written the picture that is painted already.
  void stop();

  // What is to be heard now. It may be called when there is nothing to read.
  struct News {
    std::string fault;                          // why it cannot paint at all, translated; empty: it can
    std::optional<double> progress;             // of the picture, 0 to 1
    std::optional<nlohmann::ordered_json> line; // the picture is finished: its line of the report
    bool out_of_memory = false;                 // why it failed
    bool ended = false;                         // the process is gone
  };
  News hear();

  // In another new process: lets go of this one.
  void leave() const;

  // How the process ended, translated: "signal 9, Killed". Once it has.
  std::string end();

private:
  pid_t process = -1;
  int to = -1, from = -1; // orders and news
  std::string heard;
  std::optional<Place> painting;
};

} // namespace batch
