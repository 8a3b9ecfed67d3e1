// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/i18n.h"
#include "base/sentence.h"
#include "console/terminal.h"

namespace cli {
namespace {

using namespace std::chrono_literals;
using pastiche::sentence;

constexpr auto between_bars = 100ms;
constexpr auto longest_silence = 20s;
constexpr int percent_between_lines = 10;

// As many columns as the terminal has, but for the last: writing there makes some of them wrap.
std::string bar(int percent, const std::string &told, int columns) {
  const int room = std::min(columns - 1, 100) - columns_of(told) - 4;
  if (room < 8)
    return told;
  const int done = room * percent / 100;
  return "[" + std::string(static_cast<size_t>(done), '#') + std::string(static_cast<size_t>(room - done), '.') + "]  " + told;
}

} // namespace

std::string clock_time(double seconds) {
  const auto whole = std::lround(std::ceil(seconds));
  return whole < 3600 ? sentence("%ld:%02ld", whole / 60, whole % 60)
                      : sentence("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

Progress::Progress(bool quiet) : manner(quiet ? Manner::none : terminal_columns(STDERR_FILENO) ? Manner::bar : Manner::lines) {}

void Progress::show(double done, double seconds_left, const std::string &more) {
  if (manner == Manner::none)
    return;
  const int percent = static_cast<int>(done * 100);
  const auto now = Clock::now();
  const bool first = told_percent < 0;
  const bool due = manner == Manner::bar
                       ? now - told >= between_bars
                       : percent / percent_between_lines > told_percent / percent_between_lines || now - told >= longest_silence;
  if (!first && !due)
    return;
  told_percent = percent;
  told = now;
  std::string text =
      seconds_left >= 0 ? sentence(_("%3d %%, %s left"), percent, clock_time(seconds_left).c_str()) : sentence(_("%3d %%"), percent);
  if (!more.empty())
    text = pastiche::listed({text, more});
  if (manner == Manner::lines) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  // Asked for every time: the window may have been made another size.
  std::fprintf(stderr, "\r%s\033[K", bar(percent, text, terminal_columns(STDERR_FILENO).value_or(80)).c_str());
  drawn = true;
}

void Progress::clear() {
  if (drawn)
    std::fprintf(stderr, "\r\033[K");
  drawn = false;
}

} // namespace cli
