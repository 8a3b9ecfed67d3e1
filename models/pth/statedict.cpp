// SPDX-License-Identifier: GPL-3.0-or-later
#include "statedict.h"

#include "pth.h"

namespace models {

using pastiche::TensorIndex;

StateDict state_dict(const TensorIndex &index, std::span<const std::byte> file) {
  StateDict tensors;
  for (const auto &[name, entry] : index.entries())
    if (entry.end <= file.size())
      tensors.emplace(name, Tensor{entry.type, entry.shape, file.subspan(entry.begin, entry.end - entry.begin)});
  return tensors;
}

StateDict state_dict(std::span<const std::byte> file) {
  return is_pth(file) ? pth_state_dict(file) : state_dict(TensorIndex(file, file.size()), file);
}

} // namespace models
