// SPDX-License-Identifier: GPL-3.0-or-later
// What the painting engine says it runs on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/door.h"

namespace cli {

struct Device {
  std::string name;        // "cpu", "cuda:0"
  std::string description; // "NVIDIA H100"; may be empty
};

// As in pastiche_about(); what an engine leaves out is empty or 0.
struct Surroundings {
  std::string blas, blas_file, blas_threads;
  std::vector<std::string> cpu_features;
  int threads = 0;
  std::vector<Device> devices;
  int64_t memory_bytes = 0;
  std::string model_file;
};

Surroundings surroundings(const pastiche::Core &core);

} // namespace cli
