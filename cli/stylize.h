// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// `pastiche stylize`. Returns the exit status: 0 done, 130 stopped. Throws UsageError, Failure or std::bad_alloc.
int stylize(const CommandLine &line);

} // namespace cli
