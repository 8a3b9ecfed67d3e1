// SPDX-License-Identifier: GPL-3.0-or-later
// What a user has of their own.
#pragma once

#include <filesystem>
#include <string>

namespace pastiche {

// pastiche in $XDG_DATA_HOME or, where that is empty or not set, in .local/share in the home folder, which is that of $HOME or of the user
// database.
std::filesystem::path data_folder();

// Pictures for styles: styles in it.
std::filesystem::path styles_folder();

// Whether a file can be called so anywhere, with an ending behind it: up to 64 letters, digits, dots, dashes and underscores of ASCII, a
// letter or digit first. Such a name never leads out of a folder.
bool is_plain_name(const std::string &name);

} // namespace pastiche
