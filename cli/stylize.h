// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

#include "commandline.h"

namespace cli {

// Something went wrong that is not the command line's fault; what() is one translated sentence.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `pastiche stylize`. Returns the exit status: 0 done, 130 stopped. Throws UsageError, Failure, raster::Error or std::bad_alloc.
int stylize(CommandLine line);

} // namespace cli
