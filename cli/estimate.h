// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// `pastiche estimate`. Returns the exit status, 0. Throws Failure.
int estimate(const CommandLine &line);

} // namespace cli
