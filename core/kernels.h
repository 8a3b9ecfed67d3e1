// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels of core/mapkernels.h on tensors and threads.
#pragma once

#include <functional>

#include <torch/types.h>

#include "mapkernels.h"

namespace pastiche {

// For this processor; nullptr where it has too old instructions, or others. LibTorch's variable ATEN_CPU_CAPABILITY holds here too.
const MapKernels *map_kernels();

// Whether they can work on such tensors.
bool have_kernels(const torch::Tensor &tensor);

// Does all blocks on the threads that LibTorch may use, each time with room of its own. A thread that other programs hold up does fewer
// than the others.
void in_blocks(const Blocks &blocks, const std::function<void(const Blocks &blocks, int64_t block, float *scratch)> &work);

// Rows (N×C, contiguous) times a matrix (C×D), and a shift (D; undefined: none) added.
torch::Tensor times(const torch::Tensor &rows, const torch::Tensor &matrix, const torch::Tensor &shift);

} // namespace pastiche
