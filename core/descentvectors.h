// SPDX-License-Identifier: GPL-3.0-or-later
// What L-BFGS does to many vectors as long as the picture, in one pass over all of them: each is read once, where an operation for every
// pair of them reads them dozens of times. The results are the same to the last bit on any number of threads.
#pragma once

#include <vector>

#include <torch/types.h>

namespace pastiche {

// An image within the box 0..1 (float32, contiguous), and the gradient of its loss. The box holds a value on its edge whose gradient points
// out of it.
struct Boxed {
  torch::Tensor image, gradient;
};

// The inner products of every two vectors (float32, contiguous, of one size), N×N, row after row. `box`: values that it holds count as 0;
// nullptr: all count.
std::vector<double> inner_products(const std::vector<torch::Tensor> &vectors, const Boxed *box);

// The image moved by the vectors, each times its share, but for what the box holds, and what leaves the box brought back to its edge.
// `slope`: gradient · (result − image).
torch::Tensor move(const Boxed &box, const std::vector<torch::Tensor> &vectors, const std::vector<double> &shares, double &slope);

} // namespace pastiche
