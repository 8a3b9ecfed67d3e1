// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "settings.h"

namespace batch {

// `pastiche batch`. Returns the exit status: 0 all are painted, 1 some failed, 130 stopped. Throws UsageError, Failure
// when nothing, or nothing more, can be painted.
int paint_all(const Settings &settings, bool quiet);

} // namespace batch
