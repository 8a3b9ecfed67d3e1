// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C and SIGTERM.
#pragma once

namespace cli {

// While one lives, the first Ctrl-C (or SIGTERM) only asks to stop and a second one ends the process with status 130. Signals that
// the process was told to ignore (nohup) stay ignored.
class StopRequests {
public:
  StopRequests();
  ~StopRequests();
  StopRequests(const StopRequests &) = delete;
  StopRequests &operator=(const StopRequests &) = delete;

  bool stop_asked() const;

  // From now on nothing ends the process: it is about to write the result, which takes a moment only.
  void hold();
};

} // namespace cli
