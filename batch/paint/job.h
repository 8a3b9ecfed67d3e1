// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "batch/painting.h"
#include "host/job.h"
#include "pictures.h"

namespace batch {

// Of a painting and its pictures, which must outlive it.
struct Job : pastiche::Job {
  Job(const Painting &painting, const Pictures &pictures);
};

} // namespace batch
