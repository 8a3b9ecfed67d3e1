// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace cli {

// Columns of the terminal behind a file descriptor; nothing when there is no terminal.
std::optional<int> terminal_columns(int descriptor);

} // namespace cli
