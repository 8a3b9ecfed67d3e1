// SPDX-License-Identifier: GPL-3.0-or-later
// What several commands have to say about their options, translated.
#pragma once

#include "console/helppage.h"

namespace cli {

// Those of the option table, for experts or not.
void add_options(bool expert, HelpPage &page);

Entry preset_entry();

// What every preset is.
void add_presets(HelpPage &page);

Entry help_entry();
Entry quiet_entry();

} // namespace cli
