// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are tensors that lie inside them, or are refused: safetensors, PyTorch's zip and its older format.
#include <cstdlib>

#include "models/pth/statedict.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte *>(data), size);
  try {
    for (const auto &[name, tensor] : models::state_dict(bytes)) {
      if (tensor.bytes.empty())
        continue;
      if (tensor.bytes.data() < bytes.data() || tensor.bytes.data() + tensor.bytes.size() > bytes.data() + bytes.size())
        std::abort();
      uint64_t elements = 1;
      for (const int64_t side : tensor.shape)
        elements *= static_cast<uint64_t>(side);
      if (tensor.bytes.size() % elements != 0 || tensor.bytes.size() / elements > sizeof(double))
        std::abort();
    }
  } catch (const pastiche::Damage &) {
  }
  return 0;
}
