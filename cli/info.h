// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commandline.h"

namespace cli {

// Prints how the layers of an XCF file were painted, and whose works their styles are where that is known; returns the exit status. Throws
// Failure when the file cannot be read or none of them was painted by Pastiche.
int info(const CommandLine &line);

} // namespace cli
