// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes are an index of tensors that lie inside them without overlapping, or are refused.
#include <cstdlib>

#include "base/tensorindex.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte *>(data), size);
  try {
    const pastiche::TensorIndex index(bytes, bytes.size());
    uint64_t total = pastiche::TensorIndex::data_start(bytes, bytes.size());
    for (const auto &[name, entry] : index.entries()) {
      if (entry.begin > entry.end || entry.end > bytes.size())
        std::abort();
      total += entry.end - entry.begin;
    }
    if (total != bytes.size())
      std::abort();
  } catch (const pastiche::Damage &) {
  }
  return 0;
}
