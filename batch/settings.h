// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "painting.h"

namespace batch {

// What a batch is asked for.
struct Settings {
  std::vector<std::string> inputs;                    // files, folders, patterns
  std::string pattern;                                // of the names in folders that are pictures; empty: what can be read
  std::vector<std::vector<Argument>> list;            // pictures with arguments of their own, as a manifest has them
  std::string manifest, folder, name, format, report; // empty: none
  bool recursive = false, each = false, sequence = false;
  bool any_format = false;         // results can have any ending
  int jobs = 0;                    // 0: as many as are worth it
  int shard = 1, shards = 1;       // the first is number 1
  Painting base;                   // what counts where no argument says otherwise
  std::vector<Argument> arguments; // for every picture, in their order
};

// "3/8", or "slurm": the part of a Slurm job array that this task is. Throws UsageError.
void set_shard(const std::string &text, Settings &settings);

} // namespace batch
