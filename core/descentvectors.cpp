// SPDX-License-Identifier: GPL-3.0-or-later
#include "descentvectors.h"

#include <algorithm>

#include "kernels.h"
#include "sum.h"
#include "threads.h"

namespace pastiche {
namespace {

// Places that one thread works on at a time: enough, and no more blocks than need little room for their sums.
int64_t block_of(int64_t places) { return std::max<int64_t>(int64_t{1} << 15, places / 256 + 1); }

std::vector<const float *> data_of(const std::vector<torch::Tensor> &vectors) {
  std::vector<const float *> data;
  for (const torch::Tensor &vector : vectors)
    data.push_back(vector.const_data_ptr<float>());
  return data;
}

VectorTask task_of(const std::vector<const float *> &vectors, const Boxed *box) {
  return {.vectors = vectors.data(),
          .count = std::ssize(vectors),
          .image = box ? box->image.const_data_ptr<float>() : nullptr,
          .gradient = box ? box->gradient.const_data_ptr<float>() : nullptr};
}

// 1 for values that may move, 0 for those that are held.
torch::Tensor movable(const torch::Tensor &image, const torch::Tensor &gradient) {
  return (((image > 0) | (gradient <= 0)) & ((image < 1) | (gradient >= 0))).to(image.scalar_type());
}

// By LibTorch, where there are no kernels for the processor or the vectors are on another device.
torch::Tensor plain_products(const std::vector<torch::Tensor> &vectors, const Boxed *box) {
  torch::Tensor sums = torch::zeros({std::ssize(vectors), std::ssize(vectors)}, vectors.front().options().dtype(torch::kDouble));
  constexpr int64_t strip = int64_t{1} << 18;
  const int64_t places = vectors.front().numel();
  for (int64_t begin = 0; begin < places; begin += strip) {
    const auto part = [&](const torch::Tensor &vector) { return vector.view(-1).narrow(0, begin, std::min(strip, places - begin)); };
    std::vector<torch::Tensor> columns;
    for (const torch::Tensor &vector : vectors)
      columns.push_back(part(vector));
    torch::Tensor rows = torch::stack(columns, 1);
    if (box)
      rows.mul_(movable(part(box->image), part(box->gradient)).unsqueeze(1));
    sums.add_(product_sum(rows));
  }
  return sums.cpu();
}

torch::Tensor products(const std::vector<torch::Tensor> &vectors, const Boxed *box) {
  if (!have_kernels(vectors.front()))
    return plain_products(vectors, box);
  const MapKernels &kernels = *map_kernels();
  const std::vector<const float *> data = data_of(vectors);
  const VectorTask task = task_of(data, box);
  const int64_t places = vectors.front().numel(), block = block_of(places);
  const Blocks blocks{(places + block - 1) / block, block, kernels.vector_scratch(task.count)};
  const torch::Tensor sums = torch::zeros({blocks.count, task.count, task.count}, torch::kDouble);
  in_blocks(blocks, [&](const Blocks &, int64_t i, float *scratch) {
    kernels.add_vector_products(task, i * block, std::min(block, places - i * block),
                                sums.mutable_data_ptr<double>() + i * task.count * task.count, scratch);
  });
  const OneThread one;
  return sums.sum(0);
}

} // namespace

std::vector<double> inner_products(const std::vector<torch::Tensor> &vectors, const Boxed *box) {
  const torch::Tensor sums = products(vectors, box);
  const double *const given = sums.const_data_ptr<double>();
  const size_t count = vectors.size();
  std::vector<double> result(given, given + count * count);
  for (size_t row = 0; row < count; ++row)
    for (size_t column = row + 1; column < count; ++column)
      result[row * count + column] = result[column * count + row];
  return result;
}

torch::Tensor move(const Boxed &box, const std::vector<torch::Tensor> &vectors, const std::vector<double> &shares, double &slope) {
  torch::Tensor moved;
  if (!have_kernels(box.image)) {
    torch::Tensor way = torch::zeros_like(box.image);
    for (size_t i = 0; i < vectors.size(); ++i)
      way.add_(vectors[i], shares[i]);
    moved = way.mul_(movable(box.image, box.gradient)).add_(box.image).clamp_(0, 1);
    slope = box.gradient.view(-1).dot((moved - box.image).view(-1)).item<double>();
    return moved;
  }
  moved = torch::empty_like(box.image);
  const std::vector<const float *> data = data_of(vectors);
  const VectorTask task = task_of(data, &box);
  const std::vector<float> factors(shares.begin(), shares.end());
  const int64_t places = moved.numel(), block = block_of(places);
  const Blocks blocks{(places + block - 1) / block, block, 0};
  std::vector<double> slopes(static_cast<size_t>(blocks.count));
  float *const to = moved.mutable_data_ptr<float>();
  in_blocks(blocks, [&](const Blocks &, int64_t i, float *) {
    slopes[static_cast<size_t>(i)] = map_kernels()->move(task, factors.data(), i * block, std::min(block, places - i * block), to);
  });
  slope = 0;
  for (const double part : slopes)
    slope += part;
  return moved;
}

} // namespace pastiche
