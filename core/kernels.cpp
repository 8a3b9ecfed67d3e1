// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels.h"

#include <algorithm>
#include <atomic>

#include <ATen/Parallel.h>
#include <ATen/Version.h>

namespace pastiche {

const MapKernels *map_kernels() {
  static const MapKernels *const found = []() -> const MapKernels * {
#ifdef PASTICHE_MAP_KERNELS
    const std::string capability = at::get_cpu_capability();
    if (capability == "AVX512")
      return &map_kernels_avx512;
    if (capability == "AVX2")
      return &map_kernels_avx2;
#endif
    return nullptr;
  }();
  return found;
}

bool have_kernels(const torch::Tensor &tensor) {
  return map_kernels() && tensor.is_cpu() && tensor.scalar_type() == torch::kFloat && !tensor.requires_grad();
}

void in_blocks(const Blocks &blocks, const std::function<void(const Blocks &, int64_t, float *)> &work) {
  std::atomic<int64_t> next = 0;
  at::parallel_for(0, std::min<int64_t>(at::get_num_threads(), blocks.count), 1, [&](int64_t, int64_t) {
    const torch::Tensor scratch = torch::empty(blocks.scratch);
    for (int64_t block = next++; block < blocks.count; block = next++)
      work(blocks, block, scratch.mutable_data_ptr<float>());
  });
}

torch::Tensor times(const torch::Tensor &rows, const torch::Tensor &matrix, const torch::Tensor &shift) {
  if (!have_kernels(rows))
    return shift.defined() ? torch::addmm(shift, rows, matrix) : rows.mm(matrix);
  const MapKernels &kernels = *map_kernels();
  const torch::Tensor input = rows.contiguous(), plain = matrix.contiguous(), added = shift.defined() ? shift.contiguous() : shift;
  const torch::Tensor packed = torch::empty(kernels.packed_matrix_size(plain.size(0), plain.size(1)));
  kernels.pack_matrix(plain.const_data_ptr<float>(), plain.size(0), plain.size(1), packed.mutable_data_ptr<float>());
  const torch::Tensor output = torch::empty({input.size(0), plain.size(1)});
  const ProductTask task{.input = input.const_data_ptr<float>(),
                         .places = input.size(0),
                         .channels = input.size(1),
                         .matrix = packed.const_data_ptr<float>(),
                         .shift = added.defined() ? added.const_data_ptr<float>() : nullptr,
                         .output = output.mutable_data_ptr<float>(),
                         .outputs = output.size(1)};
  in_blocks(kernels.cut_product(task),
            [&](const Blocks &blocks, int64_t block, float *scratch) { kernels.product(task, blocks, block, scratch); });
  return output;
}

} // namespace pastiche
