// SPDX-License-Identifier: GPL-3.0-or-later
// What the student is shown: random crops of the pictures in some folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

namespace training {

class Pictures {
public:
  // Reads every picture below the folders, in the order of their names, reduced so that its longest side has at most `side` pixels, and
  // keeps it in 8 bits: 3 · side² bytes each at most. Pictures smaller than `crop`, and files that are none, are passed over and counted.
  // Throws pastiche::Error when none is left. GEGL must have been initialised.
  Pictures(const std::vector<std::string> &folders, int side, int64_t crop);

  // Every twentieth picture is never learnt from, so that the report can tell what the student makes of pictures it has not seen. With
  // fewer than twenty there is none, and held_out stands for the same.
  enum class Part { learnt, held_out };

  // `count` random crops of random pictures, half of them mirrored: count×3×crop×crop, float32, 0..1. The same for the same seed and step.
  torch::Tensor batch(Part part, int64_t count, uint64_t seed, int64_t step) const;

  size_t count() const { return learnt_.size() + held_out_.size(); }
  const std::vector<std::filesystem::path> &files() const { return files_; } // all that are pictures, also those too small
  size_t passed_over() const { return passed_over_; }

private:
  std::vector<torch::Tensor> learnt_, held_out_; // 3×H×W, uint8
  std::vector<std::filesystem::path> files_;
  int64_t crop_;
  size_t passed_over_ = 0;
};

} // namespace training
