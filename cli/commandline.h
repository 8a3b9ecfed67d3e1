// SPDX-License-Identifier: GPL-3.0-or-later
// What the user typed.
#pragma once

#include "command.h"

namespace cli {

struct CommandLine {
  enum class Wish { work, help, version };
  Wish wish = Wish::work;
  const Command *command = nullptr; // null: help for `pastiche` itself, or the version
  const Usage *usage = nullptr;     // of the command or of its part, where it is to work
  Typed typed;
};

// Throws UsageError.
CommandLine parse(int argc, const char *const *argv);

} // namespace cli
