// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels.h"

#include <algorithm>
#include <atomic>
#include <exception>

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
  std::atomic_flag failed;
  std::exception_ptr failure;
  // Not at::parallel_for, which LibTorch's headers cut into equal parts beforehand.
#pragma omp parallel num_threads(static_cast<int>(std::min<int64_t>(at::get_num_threads(), blocks.count)))
  try {
    const torch::Tensor scratch = torch::empty(blocks.scratch);
    for (int64_t block = next++; block < blocks.count; block = next++)
      work(blocks, block, scratch.mutable_data_ptr<float>());
  } catch (...) {
    if (!failed.test_and_set())
      failure = std::current_exception();
  }
  if (failure)
    std::rethrow_exception(failure);
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
