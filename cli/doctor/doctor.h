// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace cli {

// Prints what is well, missing and slow on this machine. Returns the exit status: 0 when all is well, 1 when something is missing or slow.
int doctor();

} // namespace cli
