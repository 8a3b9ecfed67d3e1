// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"
#include "console/progress.h"
#include "console/stop.h"
#include "models/download.h"

namespace cli {

// Shows how far a download is and how long it will take, until somebody asks to stop. Both must live as long as what is returned.
models::FetchProgress shown_fetching(Progress &progress, const StopRequests &requests);

// --timeout. Throws UsageError.
int32_t stall_seconds_of(const Typed &typed);

} // namespace cli
