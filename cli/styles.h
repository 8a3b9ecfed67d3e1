// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// Searches, fetches, lists or removes works of museums; returns the exit status. Throws Failure.
int styles(const CommandLine &line);

} // namespace cli
