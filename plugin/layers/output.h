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
  replace,          // the layer, whatever it is, unless it is a group or locked
  new_layer,        // a copy of the layer, painted where the selection is
  new_layer_masked, // a copy of it, painted all over the selection's bounds, and under a mask made from the selection
  live_filter,      // over the layer as a filter (livefilter.h), which is not painted here
};

void add_output_argument(GimpProcedure *procedure);
Output read_output(GimpProcedureConfig *config);

// Makes the image RGB when layers are to be painted that have a palette. Belongs into an undo group.
void convert_indexed(GimpImage *image, const std::vector<Layer> &layers);

// Puts every layer's painted pixels where `output` says, as one undo step. New layers are called `name`. Each painted layer gets its
// settings. What cannot be painted into, as a group or a locked layer, gets a new layer above it; the user is told of that when it was not
// asked for. Painted is what was selected when `layers` were found, whatever the user has selected since; where a layer has gone or changed
// so that its painting does not fit it, that becomes a new layer, and the user is told. Throws CallError when the image is gone.
void write_painted(GimpImage *image, const std::vector<Layer> &layers, Output output, const std::string &name);

} // namespace plugin
