// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the safetensors format: eight bytes with the little-endian length of a JSON header, the header, then raw
// little-endian tensors in row-major order (https://github.com/huggingface/safetensors, section "Format").
//
// Files come from anywhere, so nothing in them is believed: every length, type, shape and offset is checked against the
// file's size before anything is allocated or read, and what does not fit is an Error with status PASTICHE_BAD_MODEL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

namespace pastiche {

class Safetensors {
public:
  // Reads and checks the header. Tensor data stay in the file until asked for.
  explicit Safetensors(const std::filesystem::path &path);

  // The "__metadata__" entries; empty when there are none.
  const std::map<std::string, std::string> &metadata() const { return metadata_; }

  bool contains(const std::string &name) const { return entries_.contains(name); }

  std::vector<std::string> names() const;

  // Shape of a tensor in the file, outermost dimension first. Error when there is no such tensor.
  const std::vector<int64_t> &shape(const std::string &name) const { return entry(name).shape; }

  // A copy of the tensor as float32. Error when it is missing, not of a floating-point type or cannot be read.
  torch::Tensor read(const std::string &name);

private:
  struct Entry {
    std::string type;
    std::vector<int64_t> shape;
    uint64_t begin, end; // bytes, from the start of the data
  };

  const Entry &entry(const std::string &name) const;
  [[noreturn]] void fail(const char *what) const;

  std::filesystem::path path_;
  std::ifstream file_;
  uint64_t data_start_ = 0; // bytes, from the start of the file
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

// Writes tensors, 16-bit floats as they are and all others as float32, under another name first, then renames. Throws std::system_error.
void write_safetensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                       const std::map<std::string, std::string> &metadata);

} // namespace pastiche
