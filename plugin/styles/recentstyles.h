// SPDX-License-Identifier: GPL-3.0-or-later
// The style files that the user chose lately, and those that lie in the folders for styles.
#pragma once

#include <gio/gio.h>

#include <string>
#include <vector>

namespace plugin {

// URIs, newest first, of files that are still there. Kept in pastiche/recent-styles below $XDG_DATA_HOME.
std::vector<std::string> read_recent_styles();

// Puts the files at the head of the list, the first one first.
void remember_styles(const std::vector<std::string> &uris);

// URIs of the pictures in the user's folder for styles (base/datafolder.h), in pastiche/styles below each of $XDG_DATA_DIRS and in GIMP's
// pastiche-styles.
std::vector<std::string> find_folder_styles();

} // namespace plugin
