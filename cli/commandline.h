// SPDX-License-Identifier: GPL-3.0-or-later
// What the user typed.
#pragma once

#include <string>

#include "batch/settings.h"

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

// A painting where the command has one.
struct CommandLine : batch::Painting {
  Action action = Action::help; // of info, `content` is the file
  std::string output_dir;       // of explain
  ModelsLine models;
  StylesLine styles_line;
  bool quiet = false;
  bool json = false;
  batch::Settings batch;
};

// Throws UsageError.
CommandLine parse(int argc, const char *const *argv);

} // namespace cli
