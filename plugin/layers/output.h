// SPDX-License-Identifier: GPL-3.0-or-later
// Where painted pixels go: into the layers themselves or into new ones above them.
#pragma once

#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include "layers.h"

namespace plugin {

enum class Output {
  automatic,        // the layer, or a new one above it where GIMP would draw over the painting
  replace,          // the layer, whatever it is
  new_layer,        // a copy of the layer, painted where the selection is
  new_layer_masked, // a copy of it, painted all over the selection's bounds, and under a mask made from the selection
  live_filter,      // over the layer as a filter (livefilter.h), which is not painted here
};

void add_output_argument(GimpProcedure *procedure);
Output read_output(GimpProcedureConfig *config);

// Puts every layer's painted pixels where `output` says, as one undo step. New layers are called `name`. Each painted layer gets its
// settings. The user is told of a new layer that was not asked for. Painted is what was selected when `layers` were found, whatever the
// user has selected since; where a layer has gone or changed so that it cannot take its painting, that becomes a new layer, and the user is
// told. Throws CallError when the image is gone.
void write_painted(GimpImage *image, const std::vector<Layer> &layers, Output output, const std::string &name);

} // namespace plugin
