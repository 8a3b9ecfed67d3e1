// SPDX-License-Identifier: GPL-3.0-or-later
#include "sum.h"

namespace pastiche {

torch::Tensor total(const torch::Tensor &values) {
  torch::Tensor sum = values;
  while (sum.dim() > 1) // each thread then has sums of its own
    sum = sum.sum(-1);
  return sum.sum();
}

torch::Tensor product_sum(const torch::Tensor &rows) {
  // OpenBLAS cuts a product of so many rows alike on one and on several threads.
  constexpr int64_t block = 4096, even = 64;
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
