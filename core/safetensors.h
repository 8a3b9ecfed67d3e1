// SPDX-License-Identifier: GPL-3.0-or-later
// Safetensors files as LibTorch's tensors. What is checked is in tensorindex.h; what does not fit is an Error with status
// PASTICHE_BAD_MODEL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "base/mappedfile.h"
#include "base/tensorindex.h"

namespace pastiche {

class Safetensors {
public:
  // Maps the file and checks its header. Of the tensors nothing is read until it is asked for.
  explicit Safetensors(const std::filesystem::path &path);

  // The "__metadata__" entries; empty when there are none.
  const std::map<std::string, std::string> &metadata() const { return index_.metadata(); }

  bool contains(const std::string &name) const { return index_.entries().contains(name); }

  std::vector<std::string> names() const;

  // Shape of a tensor in the file, outermost dimension first. Error when there is no such tensor.
  const std::vector<int64_t> &shape(const std::string &name) const { return entry(name).shape; }

  // A copy of the tensor as float32. Error when it is missing or not of a floating-point type.
  torch::Tensor read(const std::string &name) const;

private:
  const TensorIndex::Entry &entry(const std::string &name) const;
  [[noreturn]] static void fail(const std::filesystem::path &path, const std::string &what);

  std::filesystem::path path_;
  std::shared_ptr<const MappedFile> file_;
  TensorIndex index_;
};

// Writes tensors, 16-bit floats as they are and all others as float32, under another name first, then renames. Throws std::system_error.
void write_safetensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                       const std::map<std::string, std::string> &metadata);

} // namespace pastiche
