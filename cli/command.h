// SPDX-License-Identifier: GPL-3.0-or-later
// What a command of `pastiche` is. Each stands in a file of its own, and in the list of commands.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/painting.h"
#include "console/helppage.h"

namespace cli {

// How an option is typed.
struct Form {
  std::string names; // "-o,--output-dir"
  bool takes_a_value = true;
};

// What was typed behind a command's name.
struct Typed {
  std::string part;                       // "fetch" of “pastiche models”; empty: none
  std::vector<batch::Argument> arguments; // options by their long names, in their order
  std::vector<std::string> words;         // what is no option

  bool has(const std::string &option) const { return value_of(option).has_value(); }
  // Of an option that is there twice the later one counts.
  std::optional<std::string> value_of(const std::string &option) const;
};

// What can stand behind a command's name, and what it does.
struct Usage {
  enum class Words { none, one, any };
  Words words = Words::none;
  const char *word = "";                  // what help calls one of them: "CONTENT"
  bool needed = false;                    // at least one
  std::vector<Form> (*forms)() = nullptr; // beside --help; null: there are none
  int (*run)(const Typed &) = nullptr;    // does the work; returns the exit status; throws UsageError, Failure, std::bad_alloc
};

// A command of a command: “fetch” of “pastiche models”. It can always be told to be --quiet.
struct Part {
  const char *name;
  Usage usage;
};

struct Command {
  const char *name;
  const char *summary; // for the page of `pastiche` itself, not translated
  HelpPage (*page)();
  Usage usage;
  std::vector<Part> parts{}; // where there are some, one of them is what runs
};

} // namespace cli
