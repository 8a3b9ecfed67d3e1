// SPDX-License-Identifier: GPL-3.0-or-later
// Options and styles that the user has given a name: each in a JSON file in pastiche-presets of GIMP's profile.
#pragma once

#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace plugin {

struct OwnPreset {
  struct Style {
    std::string uri;
    double share;     // 0..1
    std::string crop; // as it is typed; empty: all of it
    bool operator==(const Style &) const = default;
  };
  std::string name;          // UTF-8
  nlohmann::json options;    // of the table by their names, but for those that a computer has
  std::vector<Style> styles; // files; none: the styles stay as they are
  std::string thumbnail;     // PNG; empty: there is none
};

// By their names. Adds those files to `unreadable` that cannot be read.
std::vector<OwnPreset> read_own_presets(std::vector<std::string> &unreadable);

// What the arguments say now, as far as other images have it too.
OwnPreset make_own_preset(GimpProcedureConfig *config, const std::string &name, const std::string &thumbnail);

// Sentences on what else they say.
std::vector<std::string> tell_what_is_not_kept(GimpProcedureConfig *config);

// Replaces the one of the same name. Throws Failure.
void write_own_preset(const OwnPreset &preset);

// Throws Failure.
void remove_own_preset(const OwnPreset &preset);

// With its style pictures, for other computers. Throws Failure.
void export_own_preset(const OwnPreset &preset, const std::string &path);

// Keeps it under its name, or one like it that is free, and its pictures in the folder for styles. Throws Failure.
OwnPreset import_own_preset(const std::string &path);

bool is_in_force(const OwnPreset &preset, GimpProcedureConfig *config);

// Sets the arguments. Styles whose files are not there are left out, and all stay as they are when none is there; returns those files.
std::vector<std::string> put_in_force(const OwnPreset &preset, GimpProcedureConfig *config);

} // namespace plugin
