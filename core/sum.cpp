// SPDX-License-Identifier: GPL-3.0-or-later
#include "sum.h"

#include <algorithm>

#include "kernels.h"
#include "threads.h"

namespace pastiche {

torch::Tensor total(const torch::Tensor &values) {
  torch::Tensor sum = values;
  while (sum.dim() > 1) // each thread then has sums of its own
    sum = sum.sum(-1);
  return sum.sum();
}

torch::Tensor product_sum(const torch::Tensor &rows) {
  constexpr int64_t block = 4096, even = 64;
  if (have_kernels(rows)) {
    const torch::Tensor input = rows.contiguous();
    const int64_t channels = rows.size(1);
    const Blocks blocks{(rows.size(0) + block - 1) / block, block, 0};
    const torch::Tensor sums = torch::zeros({blocks.count, channels, channels});
    in_blocks(blocks, [&](const Blocks &, int64_t i, float *) {
      map_kernels()->add_squares(input.const_data_ptr<float>() + i * block * channels, std::min(block, rows.size(0) - i * block), channels,
                                 sums.mutable_data_ptr<float>() + i * channels * channels);
    });
    const OneThread one;
    return sums.sum(0);
  }
  // OpenBLAS cuts a product of so many rows alike on one and on several threads.
  const int64_t blocks = rows.size(0) / block, rest = rows.size(0) % block;
  const auto type = rows.scalar_type() == torch::kBFloat16 ? torch::kFloat : rows.scalar_type();
  torch::Tensor sum = torch::zeros({rows.size(1), rows.size(1)}, rows.options().dtype(type));
  if (blocks > 0) {
    const torch::Tensor in_blocks = rows.narrow(0, 0, blocks * block).view({blocks, block, -1});
    sum += torch::bmm(in_blocks.transpose(1, 2), in_blocks).to(type).sum(0);
  }
  if (rest > 0) {
    const torch::Tensor last = torch::constant_pad_nd(rows.narrow(0, blocks * block, rest), {0, 0, 0, (even - rest % even) % even});
    sum += last.t().mm(last).to(type);
  }
  return sum;
}

} // namespace pastiche
