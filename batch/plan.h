// SPDX-License-Identifier: GPL-3.0-or-later
// What a batch is to paint.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "settings.h"

namespace batch {

// One picture of a batch.
struct Task {
  std::string content;
  std::string output;                  // relative to the folder for the results, or absolute
  std::shared_ptr<const Painting> how; // without content and output
  bool among_pictures = false;         // a file of the result's name was found among the pictures

  // Where the result goes.
  std::string path(const std::string &folder) const;

  // All that there is to know of it.
  Painting painting(const std::string &folder) const;
};

// Pictures that are painted one after the other: the frames of a video, or a single one.
using Series = std::vector<Task>;

struct Plan {
  std::vector<Series> series;
  std::vector<std::string> faults, foreign, left_out; // as in Inputs
};

// All that a batch is to paint, or this shard's part of it: the first series is the first shard's, the second the second's, and so on, so
// that every series is in exactly one of them. What is asked for twice is painted once. Throws UsageError when something is wrong with the
// manifest, an option, or the names of the results: two of the same file, or one in the place of what is read, in whichever part; Failure
// when there is nothing but folders that cannot be read. What was found in a folder or by a pattern and has the name of another picture's
// result is none of the pictures; only a report can tell whether it is such a result.
Plan plan(const Settings &settings);

// Sentences on what was left out.
std::vector<std::string> left_out_of(const Plan &plan);

// Removes what a killed batch left where it wrote what is to be painted now. Nobody else may be painting it.
void remove_leftovers(const Plan &plan, const std::string &folder);

} // namespace batch
