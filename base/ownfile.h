// SPDX-License-Identifier: GPL-3.0-or-later
// What comes with Pastiche.
#pragma once

#include <filesystem>

namespace pastiche {

// Each is looked for by the place of the running program, or of the module that another program has loaded: in the build tree, and where it
// is installed seen from the prefix, in the folders above, so that all of it can be moved. Else it is where it was configured to be
// installed, whether it is there or not.

// A library, which the build tree has in `folder`.
std::filesystem::path own_library(const char *folder, const char *name);

// A file below share/pastiche, which the build tree has as `built`.
std::filesystem::path own_data(const char *built, const char *installed);

// The folder of the translations; those in the build tree are not taken.
std::filesystem::path own_translations();

} // namespace pastiche
