// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/commandline.h"

namespace cli {

// `pastiche batch`. Returns the exit status: 0 all are painted, 1 some failed, 130 stopped. Throws UsageError, Failure
// when nothing, or nothing more, can be painted.
int batch(const CommandLine &line);

} // namespace cli
