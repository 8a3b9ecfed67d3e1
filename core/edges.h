// SPDX-License-Identifier: GPL-3.0-or-later
// Maps, 1×C×H×W, continued beyond their edges.
#pragma once

#include <cstdint>

#include <torch/types.h>

namespace pastiche {

// With `margin` copies of the edges on each side.
torch::Tensor replicated(const torch::Tensor &maps, int64_t margin);

// The way back: what reached a copy belongs to the edge itself. Writes into its argument, of which it returns the part without the margin.
torch::Tensor fold_edges(const torch::Tensor &padded, int64_t margin);

} // namespace pastiche
