// SPDX-License-Identifier: GPL-3.0-or-later
// What is learnt step by step: how it goes on is told, kept, and can be stopped and taken up again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace training {

struct Course {
  std::function<void()> prepare;             // where it begins anew
  std::function<std::vector<double>()> step; // one more; its losses
  std::function<int64_t()> steps_done;
  std::function<void(const std::string &file, const std::string &about)> save;
  std::function<std::string(const std::string &file)> load; // returns what was about it
  size_t errors;                                            // so many of a step's losses, the first ones, are told as one, their mean
};

struct Learnt {
  bool stopped; // there is a checkpoint to go on from, if one was asked for
  double seconds;
  nlohmann::json history; // of every twentieth step its number, and the means of the losses since the one before
};

// Goes on until so many steps are done, or Ctrl-C. `checkpoint`: the file for the state, written every two minutes, at Ctrl-C and at the
// end; where there is one, it is gone on with. Empty: none. Throws what the course does.
Learnt run(const Course &course, int64_t steps, const std::string &checkpoint);

} // namespace training
