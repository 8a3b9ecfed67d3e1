// SPDX-License-Identifier: GPL-3.0-or-later
// How a layer was painted: kept with it, as JSON, so that it can be looked up and repeated.
#pragma once

#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include "batch/painting.h"
#include "painter.h"
#include "plugin/styles/style.h"

namespace plugin {

// The SHA-256 of the model file that the core's report tells; empty if it tells none. Reads all of it; for any thread.
std::string hash_of_model(const std::string &report);

// Everything that counts: versions, date, model, styles, and under "arguments" all arguments of the call by their names.
std::string settings_as_json(GimpProcedureConfig *config, const std::vector<Style> &styles, const Painted &painted);

// As a parasite, which goes with the layer into XCF files and is undone with the painting.
void attach_settings(GimpItem *item, const std::string &json);

// Sets the arguments to those that the item was painted with. Throws CallError when it has no settings, they cannot be read, or a layer
// among them is no longer there.
void repeat_settings(GimpItem *item, GimpProcedureConfig *config);

// Arguments of plug-in-pastiche that are not in the option table, as a batch of files has them: those that differ from the ones in `plain`,
// as texts.
std::vector<batch::Argument> others_in(GimpProcedureConfig *config, GimpProcedureConfig *plain);

// Sets the options and such arguments.
void set_arguments(GimpProcedureConfig *config, const pastiche_options &options, const std::vector<batch::Argument> &others);

} // namespace plugin
