// SPDX-License-Identifier: GPL-3.0-or-later
// The weights of a network by name, where they lie in the file that somebody saved them to. Does not need LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/tensorindex.h"

namespace models {

struct Tensor {
  std::string type;                 // as safetensors spell it: "F32"
  std::vector<int64_t> shape;       // outermost dimension first
  std::span<const std::byte> bytes; // little-endian, row by row
};

using StateDict = std::map<std::string, Tensor>;

// Of a safetensors file, or of what PyTorch's torch.save() wrote of a state dict, or of a dictionary that has one under "state_dict" or
// "model": in the zip format (since PyTorch 1.6) or the one before. Nothing in the file is executed (pickle.h). The tensors are parts of
// `file`. Throws pastiche::Damage.
StateDict state_dict(std::span<const std::byte> file);

// Of a safetensors file whose index is known, and of which `file` may be only the beginning: tensors beyond it are left out.
StateDict state_dict(const pastiche::TensorIndex &index, std::span<const std::byte> file);

} // namespace models
