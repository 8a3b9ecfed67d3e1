// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>

#include <string>

namespace plugin {

// Searches museums for what the user types, shows what they have, and fetches the work that is chosen. The network is asked from the first
// word on that is typed. Returns the path of the work's picture in the folder for styles; empty when none was chosen.
std::string choose_from_museums(GtkWindow *above);

} // namespace plugin
