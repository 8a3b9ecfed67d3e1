// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// `pastiche estimate`. Returns the exit status, 0. Throws Failure.
int estimate(const CommandLine &line);

// What painting would take. GEGL must have been started. Throws Failure.
pastiche_estimate estimate_of(const CommandLine &line, bool memory_only);

} // namespace cli
