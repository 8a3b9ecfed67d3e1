// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "batch/painting.h"
#include "pictures.h"

namespace batch {

// A painting as the core takes it. Points into the painting and the pictures, which must outlive it.
class Job {
public:
  Job(const Painting &painting, const Pictures &pictures);
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  pastiche_job job{};

private:
  std::vector<pastiche_mask> masks;
  std::vector<pastiche_style> styles;
  std::vector<pastiche_image> overviews;
  pastiche_image start{};
};

} // namespace batch
