// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace cli {

// pastiche(1), all commands in one page, translated, in the macros of man(7). The date is that of the release: "2026-11-24".
std::string manual(const std::string &date);

} // namespace cli
