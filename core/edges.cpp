// SPDX-License-Identifier: GPL-3.0-or-later
#include "edges.h"

namespace pastiche {

torch::Tensor replicated(const torch::Tensor &maps, int64_t margin) {
  return margin > 0 ? torch::replication_pad2d(maps, {margin, margin, margin, margin}) : maps;
}

// Columns first, so that corners arrive by way of their rows.
torch::Tensor fold_edges(const torch::Tensor &padded, int64_t margin) {
  for (const int64_t dimension : {3, 2}) {
    const int64_t last = padded.size(dimension) - 1;
    for (int64_t i = 0; i < margin; ++i) {
      padded.select(dimension, margin).add_(padded.select(dimension, i));
      padded.select(dimension, last - margin).add_(padded.select(dimension, last - i));
    }
  }
  return padded.narrow(2, margin, padded.size(2) - 2 * margin).narrow(3, margin, padded.size(3) - 2 * margin);
}

} // namespace pastiche
