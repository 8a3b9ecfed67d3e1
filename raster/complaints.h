// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

#include <mutex>
#include <string>
#include <vector>

namespace raster {

// While it lives, keeps the warnings that GEGL's operations give instead of errors, and turns standard error off: the libraries
// behind them complain there directly. Both are the process's: at most one may live at a time, and nobody else may have something
// to say meanwhile.
class Complaints {
public:
  Complaints();
  ~Complaints();
  Complaints(const Complaints &) = delete;
  Complaints &operator=(const Complaints &) = delete;

  // The warnings until now, oldest first.
  std::vector<std::string> heard();

private:
  static void hear(const char *domain, GLogLevelFlags level, const char *message, void *complaints);

  std::mutex mutex; // operations may work in threads of their own
  std::vector<std::string> messages;
  GLogFunc previous_log;
  GPrintFunc previous_print;
  int previous_error;
};

} // namespace raster
