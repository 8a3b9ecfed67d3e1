// SPDX-License-Identifier: GPL-3.0-or-later
// What comes with Pastiche.
#pragma once

#include <filesystem>

namespace pastiche {

// Each is looked for by the place of the running program: in the build tree; then where it is installed, seen from a program that is in a
// folder of the prefix, so that all of it can be moved; else it is where it was configured to be installed, whether it is there or not.

// A library, which the build tree has in `folder`.
std::filesystem::path own_library(const char *folder, const char *name);

// A file below share/pastiche, which the build tree has as `built`.
std::filesystem::path own_data(const char *built, const char *installed);

// The folder of the translations; those in the build tree are not taken.
std::filesystem::path own_translations();

} // namespace pastiche
