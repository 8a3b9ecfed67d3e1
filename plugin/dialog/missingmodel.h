// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

namespace plugin {

// Is seen while a model is chosen that can be downloaded and is not here: says so, with a button that gets it.
GtkWidget *make_missing_model_row(GimpProcedureConfig *config);

} // namespace plugin
