// SPDX-License-Identifier: GPL-3.0-or-later
// Sums that are the same to the last bit on any number of threads. LibTorch shares a sum to a single value among its threads, and OpenBLAS
// the sum in a long product, so that both are rounded in another order with each number of them.
#pragma once

#include <torch/types.h>

namespace pastiche {

// The sum of all values, a tensor without dimensions. Differentiable.
torch::Tensor total(const torch::Tensor &values);

// rowsᵀ · rows, of N×C; in float32 where they are in bfloat16, else in their own type. In bfloat16 the hardware multiplies many times
// faster but rounds its sums to 8 bits; the sum over the rows is taken in float32 over blocks of them.
torch::Tensor product_sum(const torch::Tensor &rows);

} // namespace pastiche
