// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C, SIGTERM, and the end of the terminal (SIGHUP).
#pragma once

#include <poll.h>

#include <csignal>
#include <vector>

namespace cli {

// While one lives, the first of these signals only asks to stop and a second one ends the process with status 130. Signals that
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

// While one lives, these signals come only while poll() waits.
class BlockedSignals {
public:
  BlockedSignals();
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals &) = delete;
  BlockedSignals &operator=(const BlockedSignals &) = delete;

  // Waits for news, or for such a signal; returns as poll(2) does.
  int poll(std::vector<pollfd> &news) const;

private:
  sigset_t before_{};
};

// In a new process, where handlers and blocks are still those of the one that it came from: a signal of these ends it at once, unless it
// was to be ignored. A Ctrl-C and the end of the terminal come to all processes of the terminal, though; `ignored`: what they mean is
// decided by another one, and only SIGTERM ends this.
void forget_signals(bool ignored);

} // namespace cli
