// SPDX-License-Identifier: GPL-3.0-or-later
// What the user typed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/options.h"

namespace cli {

enum class Action {
  help,
  stylize_help,
  batch_help,
  estimate_help,
  info_help,
  models_help,
  styles_help,
  doctor_help,
  explain_help,
  version,
  stylize,
  batch,
  estimate,
  info,
  models,
  styles,
  doctor,
  explain
};

enum class ModelsAction { list, fetch, import, verify, remove };

// What stands behind “pastiche models”.
struct ModelsLine {
  ModelsAction action = ModelsAction::list;
  std::string name; // of a model; empty: none was given
  std::string file; // path
  std::string url;  // empty: the catalogue's
  bool whole = false;
  int32_t stall_seconds = 30;
};

enum class StylesAction { search, fetch, list, remove };

// What stands behind “pastiche styles”.
struct StylesLine {
  StylesAction action = StylesAction::list;
  std::string argument; // the words that are searched for, or the ID of a work
  int32_t limit = 10;   // works of each museum
  int32_t stall_seconds = 30;
};

// --style with the --weight and --mask that follow it.
struct Style {
  std::string picture; // path
  double weight = 1;
  std::string mask; // path; empty: everywhere
};

// One option of `pastiche stylize` with its value.
struct Argument {
  std::string name; // without dashes; "content" for CONTENT
  std::string value;

  bool operator==(const Argument &) const = default;
};

// What only `pastiche batch` has.
struct Batch {
  std::vector<std::string> inputs;                    // files, folders, patterns
  std::string manifest, folder, name, format, report; // empty: none
  bool recursive = false, each = false, sequence = false;
  int jobs = 0;                    // 0: as many as are worth it
  int shard = 1, shards = 1;       // the first is number 1
  std::vector<Argument> arguments; // for every picture, in their order
};

struct CommandLine {
  CommandLine() = default;
  CommandLine(CommandLine &&) = default; // a copy's options would point into the original's texts

  Action action = Action::help;
  std::string content, output; // paths; of info the file
  std::string output_dir;      // of explain
  std::vector<Style> styles;
  std::string start_image, start_content, checkpoint, resume, report, losses, plot; // paths; empty: none
  ModelsLine models;
  StylesLine styles_line;
  bool quiet = false;
  bool json = false;
  pastiche_options options{};               // its texts point into `texts` or at a preset's
  std::map<std::string, std::string> texts; // values of options that are texts, by option name
  Batch batch;
};

// Throws UsageError.
CommandLine parse(int argc, const char *const *argv);

// What `pastiche stylize` would be told by these. Of an option that is there twice the later one counts. Throws UsageError.
CommandLine line_of(const std::vector<Argument> &arguments);

// Whether a picture of a batch can have an argument of its own of this name.
bool is_of_a_picture(const std::string &name);

// The choices as they are typed: "adam, lbfgs".
std::string names_of(const pastiche::ChoiceOption &kind);

// The value that an option has, as it is typed: "0.5", "adam". Independent of the locale.
std::string value_of(const pastiche::Option &option, const pastiche_options &options);

} // namespace cli
