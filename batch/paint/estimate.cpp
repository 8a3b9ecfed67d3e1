// SPDX-License-Identifier: GPL-3.0-or-later
#include "estimate.h"

#include "base/failure.h"
#include "host/door.h"
#include "job.h"
#include "pictures.h"

namespace batch {

pastiche_estimate estimate_of(const Painting &painting, bool memory_only) {
  const Pictures pictures(painting, Pictures::Extent::sizes);
  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw pastiche::Failure(fault);

  const Job job(painting, pictures);
  pastiche_estimate estimate{};
  estimate.struct_size = sizeof estimate;
  estimate.memory_only = memory_only;
  pastiche_error error{};
  if (core->estimate_job(&job.job, &estimate, &error) < 0)
    throw pastiche::Failure(error.message);
  return estimate;
}

} // namespace batch
