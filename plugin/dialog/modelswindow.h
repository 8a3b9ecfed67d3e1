// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include "models/catalogue.h"

namespace plugin {

// A window that lists the models, gets those of the catalogue (models/catalogue.h), imports files, verifies and removes what is installed.
// `wanted`, if any, is got at once. Returns when it is closed. A model that was got or imported is chosen in `config`; one that is removed
// is no longer.
void show_models(GtkWindow *above, GimpProcedureConfig *config, const models::Model *wanted = nullptr);

} // namespace plugin
