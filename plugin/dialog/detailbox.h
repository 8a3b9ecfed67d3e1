// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

namespace plugin {

// The option `size` as a choice between a few, with the number beside it.
GtkWidget *make_detail_box(GimpProcedureConfig *config);

} // namespace plugin
