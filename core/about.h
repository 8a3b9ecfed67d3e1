// SPDX-License-Identifier: GPL-3.0-or-later
// What the core runs on: the answer to “why is it slow here?”.
#pragma once

#include <string>

namespace pastiche {

// The JSON object that pastiche_about() describes. Takes a moment where there is a graphics card, whose driver is asked.
std::string about();

} // namespace pastiche
