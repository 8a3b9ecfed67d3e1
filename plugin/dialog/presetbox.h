// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

namespace plugin {

// The named sets of options (pastiche::presets) to choose from. Choosing one sets the options that any of them speaks of, and leaves the
// others alone.
GtkWidget *make_preset_box(GimpProcedureConfig *config);

} // namespace plugin
