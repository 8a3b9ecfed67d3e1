// SPDX-License-Identifier: GPL-3.0-or-later
#include "stop.h"

#include <unistd.h>

#include <array>
#include <csignal>

namespace cli {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

// A signal handler has no argument of ours; these two have to be where it finds them.
volatile std::sig_atomic_t asked = 0;
volatile std::sig_atomic_t held = 0;

void on_signal(int) {
  if (asked && !held)
    _exit(130);
  asked = 1;
}

} // namespace

StopRequests::StopRequests() {
  asked = 0;
  held = 0;
  for (const int signal : signals) {
    struct sigaction action{};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN)
      continue;
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
}

StopRequests::~StopRequests() {
  for (const int signal : signals) {
    struct sigaction action{};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == on_signal)
      std::signal(signal, SIG_DFL);
  }
}

bool StopRequests::stop_asked() const { return asked; }

void StopRequests::hold() { held = 1; }

BlockedSignals::BlockedSignals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int signal : signals)
    sigaddset(&blocked, signal);
  sigprocmask(SIG_BLOCK, &blocked, &before_);
}

BlockedSignals::~BlockedSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

int BlockedSignals::poll(std::vector<pollfd> &news) const { return ppoll(news.data(), news.size(), nullptr, &before_); }

void forget_signals(bool ignored) {
  for (const int signal : signals) {
    struct sigaction action{};
    sigaction(signal, nullptr, &action);
    if (signal == SIGTERM || action.sa_handler != SIG_IGN)
      std::signal(signal, ignored && signal != SIGTERM ? SIG_IGN : SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

} // namespace cli
