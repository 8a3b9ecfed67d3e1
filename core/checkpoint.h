// SPDX-License-Identifier: GPL-3.0-or-later
// An unfinished run in a file: a safetensors file with the optimiser's tensors and, as metadata, where the run was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "optimizer.h"
#include "pastiche.h"

namespace pastiche {

struct Checkpoint {
  std::string fingerprint; // of the pictures and options; a run goes on only with the same
  size_t scale = 0;        // from 0
  int64_t step = 0;        // taken at this scale
  int64_t history = 0;     // as chosen for this scale
  double most_pixels = 0;
  bool useful = true;             // whether another step at this scale is
  nlohmann::ordered_json reports; // of the scales, the unfinished one last
  Optimizer::State state;

  // Writes under another name first, then renames. Error when the file cannot be written.
  void save(const std::filesystem::path &path) const;

  // Error when it is no such file.
  static Checkpoint load(const std::filesystem::path &path);
};

// Of everything that the result depends on: pictures, masks, the model's file and options, but not the memory limit.
std::string fingerprint(const pastiche_job &job, const std::filesystem::path &model_file);

} // namespace pastiche
