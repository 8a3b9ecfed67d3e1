// SPDX-License-Identifier: GPL-3.0-or-later
// What every command has to say about itself, translated.
#pragma once

#include <vector>

#include "console/helppage.h"

namespace cli {

// Of `pastiche` itself.
HelpPage general_page();

// All of them, the general one first. The manual and the shells' completions are made from these.
std::vector<HelpPage> pages();

} // namespace cli
