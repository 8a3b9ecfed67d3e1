// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cli {

// Prints the versions of Pastiche and its painting engine, and what that runs on. Returns the exit status, which is 0 without an engine
// too.
int tell_version();

} // namespace cli
