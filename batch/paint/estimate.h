// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "batch/painting.h"

namespace batch {

// What painting it would take. GEGL must have been started. Throws Failure.
pastiche_estimate estimate_of(const Painting &painting, bool memory_only);

} // namespace batch
