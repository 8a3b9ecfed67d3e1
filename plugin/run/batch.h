// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

namespace plugin {

// The arguments that plug-in-pastiche-batch has besides those of plug-in-pastiche.
void add_batch_arguments(GimpProcedure *procedure);

// One call of plug-in-pastiche-batch: paints files, one after the other, each by a call of the procedure that is called `pastiche`, in a
// process of its own that may die without the rest. GIMP opens and saves them, in whatever formats it knows; all else is as in
// `pastiche batch`.
GimpValueArray *run_batch(GimpProcedure *procedure, GimpProcedureConfig *config, gpointer pastiche);

} // namespace plugin
