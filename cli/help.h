// SPDX-License-Identifier: GPL-3.0-or-later
// What every command has to say about itself, translated.
#pragma once

#include <vector>

#include "page.h"

namespace cli {

Page general_page();
Page stylize_page();
Page estimate_page();
Page info_page();
Page doctor_page();

// All of them, the general one first. The manual and the shells' completions are made from these, so a new command stands in both once it
// is here.
std::vector<Page> pages();

} // namespace cli
