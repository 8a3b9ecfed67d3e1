// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace pastiche {

struct NewTensor {
  std::string name, type;     // as tensorindex.h has them
  std::vector<int64_t> shape; // outermost dimension first
  uint64_t bytes;
  std::function<void(std::ostream &file)> write; // so many bytes
};

// Writes a safetensors file (tensorindex.h), one tensor after the other. What goes wrong is the stream's state.
void write_tensors(std::ostream &file, const std::map<std::string, std::string> &metadata, const std::vector<NewTensor> &tensors);

} // namespace pastiche
