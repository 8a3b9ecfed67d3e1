// SPDX-License-Identifier: GPL-3.0-or-later
// How a layer was painted: kept with it, as JSON, so that it can be looked up and repeated.
#pragma once

#include <libgimp/gimp.h>

#include <optional>
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

// As a parasite, which goes with the layer into XCF files and is undone with the painting. `source`: what it was painted from.
void attach_settings(GimpItem *item, const std::string &json, GimpItem *source);

// What an item was painted from, if it is another layer that is still in its image and as large; or null.
GimpDrawable *original_of(GimpItem *item);

bool has_settings(GimpItem *item);

// Whether both items, which have settings, were painted with the same arguments.
bool have_same_settings(GimpItem *a, GimpItem *b);

// Sets the arguments to those that the item was painted with. Throws CallError when it has no settings, they cannot be read, or a layer
// among them is no longer there.
void repeat_settings(GimpItem *item, GimpProcedureConfig *config);

// GIMP keeps the arguments of the last call, but for drawables, which it cannot. So a procedure has one more argument, out of sight.
void add_call_argument(GimpProcedure *procedure);

// Keeps in a procedure's `own` arguments all those that the image was painted with, for as long as GIMP runs.
void remember_call(GimpProcedureConfig *own, GimpProcedureConfig *config, GimpImage *image);

// Sets the arguments to those kept, but for drawables that the call names. A region of the image that was painted then must be one of
// `image`, of which the selection stands for the selection. Returns the name of a drawable that is gone, empty if all are there; nothing
// when nothing is kept.
std::optional<std::string> recall_call(GimpProcedureConfig *own, GimpProcedureConfig *config, GimpImage *image);

// Whether it is the first time that this is asked about what is kept, also in runs of GIMP before: for what is told but once.
bool is_first_time(GimpProcedureConfig *own);

// Arguments of plug-in-pastiche that are not in the option table, as a batch of files has them: those that differ from the ones in `plain`,
// as texts.
std::vector<batch::Argument> others_in(GimpProcedureConfig *config, GimpProcedureConfig *plain);

// Sets the options and such arguments.
void set_arguments(GimpProcedureConfig *config, const pastiche_options &options, const std::vector<batch::Argument> &others);

} // namespace plugin
