// SPDX-License-Identifier: GPL-3.0-or-later
// A whole run: pictures in, scale after scale of optimisation, picture out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pastiche.h"

namespace pastiche {

struct Outcome {
  int32_t width, height;   // the content's
  std::vector<float> rgba; // interleaved
  std::string report;      // JSON, as pastiche_result_report describes it
  bool stopped;
  int32_t places_width, places_height;
  std::vector<float> places; // as pastiche_result_places describes them; may be empty
};

// Runs a job whose struct sizes have been checked. Throws Error.
Outcome stylize(const pastiche_job &job);

// What it would take. Throws Error.
void estimate(const pastiche_job &job, pastiche_estimate &estimate);

} // namespace pastiche
