// SPDX-License-Identifier: GPL-3.0-or-later
// What the network sees in a job's pictures, for those who want to look at it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "pastiche.h"

namespace pastiche {

// What pastiche_features points into.
struct ExtractedFeatures {
  struct Layer {
    std::string name;
    std::vector<float> maps, gram;
  };
  std::deque<Layer> values;
  std::vector<pastiche_layer> layers;
  int32_t width, height;
  std::vector<float> rgba; // of what the network was shown
};

// Of a job whose struct sizes have been checked. Throws Error.
ExtractedFeatures extract_features(const pastiche_job &job, pastiche_picture picture);

} // namespace pastiche
