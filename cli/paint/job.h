// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "cli/commandline.h"
#include "pictures.h"

namespace cli {

// A command line as the core takes it. Points into the command line and the pictures, which must outlive it.
class Job {
public:
  Job(const CommandLine &line, const Pictures &pictures);
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  pastiche_job job{};

private:
  std::vector<pastiche_mask> masks;
  std::vector<pastiche_style> styles;
  std::vector<pastiche_image> overviews;
  pastiche_image start{};
};

} // namespace cli
