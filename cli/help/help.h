// SPDX-License-Identifier: GPL-3.0-or-later
// What every command has to say about itself, translated.
#pragma once

#include <vector>

#include "console/helppage.h"

namespace cli {

HelpPage general_page();
HelpPage stylize_page();
HelpPage batch_page();
HelpPage estimate_page();
HelpPage info_page();
HelpPage explain_page();
HelpPage models_page();
HelpPage styles_page();
HelpPage doctor_page();

// All of them, the general one first. The manual and the shells' completions are made from these, so a new command stands in both once it
// is here.
std::vector<HelpPage> pages();

} // namespace cli
