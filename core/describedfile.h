// SPDX-License-Identifier: GPL-3.0-or-later
// A safetensors file that says in its metadata what network its tensors are.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "error.h"
#include "safetensors.h"

namespace pastiche {

// A description that cannot be used.
struct Unfit {
  std::string why;

  // What to throw for the file that has it.
  Error as_error(const std::filesystem::path &path) const;
};

class DescribedFile : public Safetensors {
public:
  using Safetensors::Safetensors;

  // An entry of the metadata; Unfit when there is none.
  const std::string &text(const std::string &key) const;

  // The same as JSON; Unfit when it is none.
  nlohmann::json json(const std::string &key) const;

  struct Convolution {
    torch::Tensor weight, bias; // O×I×K×K, O, in float32
  };

  // The tensors NAME.weight and NAME.bias; Unfit when they are not those of a convolution of so many inputs and of this kernel, or not all
  // numbers.
  Convolution convolution(const std::string &name, int64_t inputs, int64_t kernel) const;
};

} // namespace pastiche
