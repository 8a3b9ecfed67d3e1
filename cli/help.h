// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cli {

// Translated, wrapped to a terminal of so many columns.
std::string help(int columns);
std::string stylize_help(int columns);
std::string estimate_help(int columns);
std::string info_help(int columns);
std::string explain_help(int columns);

} // namespace cli
