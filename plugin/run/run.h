// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

namespace plugin {

// One call of plug-in-pastiche, from its arguments to painted layers. The image is touched only at the very end, all
// layers in one undo step: whatever goes wrong before, GIMP's Cancel button (which kills this process) included, leaves
// nothing behind.
GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config,
                    gpointer);

// One call of plug-in-pastiche-repeat: the same with the settings of a layer that was painted before, which is the argument below. Without
// it, it is the one of the drawables that is a painting, and the others are painted; if all are, all. `pastiche` is the GimpProcedure
// plug-in-pastiche.
GimpValueArray *run_again(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
                          GimpProcedureConfig *config, gpointer pastiche);

constexpr const char *settings_layer_argument = "settings-layer";

} // namespace plugin
