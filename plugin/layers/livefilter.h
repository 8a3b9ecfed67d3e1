// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "layers.h"

namespace plugin {

// Lays the GEGL operation pastiche:stylize over the layers, within the selection, as one undo step: in the style that the call names, and
// with those of its options that the operation has too, but for brush-work, which would have GIMP stand still. Throws CallError when the
// operation is not installed, or the style is not one whole picture file for all of the layer.
void add_live_filters(GimpImage *image, const std::vector<Layer> &layers, GimpProcedureConfig *config);

} // namespace plugin
