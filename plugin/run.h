// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

namespace plugin {

// One call of plug-in-pastiche, from its arguments to painted layers. The image is touched only at the very end, all
// layers in one undo step: whatever goes wrong before, GIMP's Cancel button (which kills this process) included, leaves
// nothing behind.
GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config,
                    gpointer);

} // namespace plugin
