// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// Lists, fetches, imports, verifies or removes models; returns the exit status. Throws Failure.
int models(const CommandLine &line);

} // namespace cli
