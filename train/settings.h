// SPDX-License-Identifier: GPL-3.0-or-later
// How something is learnt.
#pragma once

#include <cstdint>

namespace training {

struct Settings {
  int64_t steps = 4000;
  int64_t batch = 8;   // crops
  int64_t window = 40; // maps' pixels, of an encoder
  double rate = 2e-3;  // of Adam, after 50 steps of rising; falls to 0 along a half cosine
  double gram = 0.3;   // of an encoder
  uint64_t seed = 0;
};

} // namespace training
