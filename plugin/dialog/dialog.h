// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

#include <vector>

#include "plugin/layers/layers.h"

namespace plugin {

// Lets the user set the arguments of a call that will paint these layers, and so their sources. Returns false when the user cancelled.
bool show_dialog(GimpProcedure *procedure, GimpProcedureConfig *config, std::vector<Layer> &layers);

} // namespace plugin
