// SPDX-License-Identifier: GPL-3.0-or-later
// What `pastiche doctor` finds out about one thing on this machine.
#pragma once

#include <string>
#include <vector>

namespace cli {

enum class Health {
  well,
  note,   // could be had, but is not needed
  slow,   // works, and could be faster
  missing // something does not work
};

struct Finding {
  Health health;
  std::string sentence;  // translated
  std::string command{}; // what to type; empty: nothing
};

using Findings = std::vector<Finding>;

// The painting engine and what it runs on: its model, matrix products, processor, graphics cards, memory and threads.
Findings examine_engine();

// What is read and written: the library for picture files, the folder for models and the models in it.
Findings examine_files();

// GIMP, and whether it will find the filter.
Findings examine_gimp();

} // namespace cli
