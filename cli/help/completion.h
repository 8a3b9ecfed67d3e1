// SPDX-License-Identifier: GPL-3.0-or-later
// What the shells need to complete a command line that begins with pastiche, made from the pages of help.h.
#pragma once

#include <string>

namespace cli {

// The text of a file for each shell's folder of completions.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

} // namespace cli
