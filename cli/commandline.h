// SPDX-License-Identifier: GPL-3.0-or-later
// What the user typed.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/options.h"

namespace cli {

// Typed wrongly; what() is one translated sentence.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Action { help, stylize_help, estimate_help, info_help, explain_help, version, stylize, estimate, info, explain };

// --style with the --weight and --mask that follow it.
struct Style {
  std::string picture; // path
  double weight = 1;
  std::string mask; // path; empty: everywhere
};

struct CommandLine {
  CommandLine() = default;
  CommandLine(CommandLine &&) = default; // a copy's options would point into the original's texts

  Action action = Action::help;
  std::string content, output; // paths; of info the file
  std::string output_dir;      // of explain
  std::vector<Style> styles;
  std::string start_image, checkpoint, resume, report, losses, plot; // paths; empty: none
  bool quiet = false;
  bool json = false;
  pastiche_options options{};               // its texts point into `texts` or at a preset's
  std::map<std::string, std::string> texts; // values of options that are texts, by option name
};

// Throws UsageError.
CommandLine parse(int argc, const char *const *argv);

// The choices as they are typed: "adam, lbfgs".
std::string names_of(const pastiche::ChoiceOption &kind);

// The value that an option has, as it is typed: "0.5", "adam". Independent of the locale.
std::string value_of(const pastiche::Option &option, const pastiche_options &options);

} // namespace cli
