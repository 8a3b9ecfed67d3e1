// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

namespace plugin {

// The option `model`: a name or a path to write, the models at hand to choose from, and a window that gets others.
GtkWidget *make_model_box(GimpProcedureConfig *config);

} // namespace plugin
