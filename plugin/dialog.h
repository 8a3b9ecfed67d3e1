// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

namespace plugin {

// Lets the user set the arguments. Returns false when the user cancelled. The only part that needs a display.
bool show_dialog(GimpProcedure *procedure, GimpProcedureConfig *config);

} // namespace plugin
