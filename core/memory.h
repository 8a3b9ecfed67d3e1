// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory there is.
#pragma once

#include <cstdint>
#include <filesystem>

#include <torch/types.h>

#include "error.h"

namespace pastiche {

int64_t resident_bytes(); // of this process now
int64_t peak_bytes();     // of this process so far

// What is left to the control group that the file `own` (/proc/self/cgroup) names, and to those around it, up to the folder `groups` (of
// version 2: /sys/fs/cgroup); the largest number when none has a limit.
int64_t group_free_bytes(const std::filesystem::path &groups, const std::filesystem::path &own);

// What this process may use in all: the given number of MiB, or for 0 what it has and three quarters of what the machine and the control
// groups have free.
int64_t memory_limit(int64_t mebibytes);

// The share of the limit that is planned with. What was planned came out up to a tenth higher at 24 megapixels: libraries that are mapped
// in on the way, gaps between blocks.
constexpr double plannable_share = 0.88;

// What to tell when a limit in bytes does not let a picture be painted that needs at least so much, as far as can be foreseen.
Error too_little_memory(int64_t limit, int64_t least);

// Free memory of a CUDA device; 0 when it cannot be told.
int64_t free_device_bytes(torch::Device device);

// Whether LibTorch or the system ran out of memory.
bool is_out_of_memory(const std::exception &failure);

} // namespace pastiche
