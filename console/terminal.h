// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace cli {

// Columns of the terminal behind a file descriptor; nothing when there is no terminal.
std::optional<int> terminal_columns(int descriptor);

// Columns that UTF-8 text takes: East Asian characters take two.
int columns_of(const std::string &text);

} // namespace cli
