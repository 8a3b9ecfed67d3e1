// SPDX-License-Identifier: GPL-3.0-or-later
// Dialogs of a sentence and its buttons.
#pragma once

#include <libgimp/gimp.h>

#include <string>

namespace plugin {

// Whether somebody sits before the screen who can be told and asked: not where a script calls, nor where GIMP has no windows.
bool is_watched(GimpRunMode run_mode);

// Shows the sentence until the user has closed it.
void show_message(const std::string &sentence);

// Whether the user presses the button `yes`; the other one cancels.
bool ask(const std::string &question, const char *yes);

} // namespace plugin
