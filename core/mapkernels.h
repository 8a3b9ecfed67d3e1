// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to float32 maps most often, as loops over plain arrays. mapkernels.cpp is compiled once for each set of instructions;
// kernels() (core/kernels.h) gives those that the processor has.
#pragma once

#include <cstdint>

namespace pastiche {

// Maps are H×W×C, the channels of a place side by side.
struct ConvolutionTask {
  const float *input;
  int64_t height, width, channels;
  const float *mask = nullptr; // as large as the input, which counts only where the mask is above 0: the way back through a ReLU
  bool replicate = false;      // the input is continued by its edges beyond them; else by zeros
  bool fold = false;           // what reaches a place one beyond an edge is added to the edge's: the way back from `replicate`
  const float *weights;        // as pack() gives them
  const float *bias = nullptr; // of each output; none: 0
  bool relu = false;           // of the result
  bool spread = false;         // outputs are those of 2×2 places, row after row; of each place a multiple of spread_outputs
  bool average = false;        // of the result, which is then half as high and wide: the means of 2×2 places
  float *output;               // height × width × outputs; spread: 2 height × 2 width × a quarter of the outputs
  int64_t outputs;
};

// A task in parts that may be done in any order and side by side. The result is the same however it is cut.
struct Blocks {
  int64_t count;
  int64_t size;    // of a block, in the kernel's own units
  int64_t scratch; // numbers that one needs room for
};

// A 3×3 convolution.
struct ConvolutionKernel {
  int64_t (*packed_size)(int64_t channels, int64_t outputs);
  // From outputs × channels × 3 × 3 to packed_size() numbers in the order in which they are read.
  void (*pack)(const float *weights, int64_t channels, int64_t outputs, float *packed);
  // Enough blocks for so many threads.
  Blocks (*cut)(const ConvolutionTask &task, int64_t threads);
  void (*run)(const ConvolutionTask &task, const Blocks &blocks, int64_t block, float *scratch);
};

// Every place's channels times a matrix.
struct ProductTask {
  const float *input;
  int64_t places, channels;
  const float *matrix;          // as pack_matrix() gives it
  const float *shift = nullptr; // of each output; none: 0
  float *output;                // places × outputs
  int64_t outputs;
};

// Twice as high and wide as `small`, but for a row or column that is left over.
struct PoolTask {
  float *large;
  float *small;
  int64_t height, width, channels; // of `large`
};

// Vectors as long as a picture, and the places of the picture that the box 0..1 holds: those on its edge whose gradient points out of it.
struct VectorTask {
  const float *const *vectors;
  int64_t count;
  const float *image = nullptr, *gradient = nullptr; // what is held counts as 0; none: nothing is held
};

struct MapKernels {
  // Winograd's minimal filtering F(4×4, 3×3): 4×4 outputs from 6×6 inputs with 36 multiplications for a pair of channels, where the
  // definition has 144 (Lavin, Gray 2016, “Fast Algorithms for Convolutional Neural Networks”). Differs from the definition by some 1e-5
  // of the largest result.
  ConvolutionKernel winograd;
  int64_t spread_outputs;
  // By the definition, for an input of so few channels that transforming it would cost more. Neither mask, fold, spread nor average.
  ConvolutionKernel direct;

  int64_t (*packed_matrix_size)(int64_t channels, int64_t outputs);
  void (*pack_matrix)(const float *matrix, int64_t channels, int64_t outputs, float *packed); // channels × outputs
  Blocks (*cut_product)(const ProductTask &task);
  void (*product)(const ProductTask &task, const Blocks &blocks, int64_t block, float *scratch);

  // Adds inputᵀ · input, C×C, of so many places to `sum`.
  void (*add_squares)(const float *input, int64_t places, int64_t channels, float *sum);

  // Row y of the small map: the means of 2×2 places. And the way back to rows 2y and 2y + 1 of the large one.
  void (*average)(const PoolTask &task, int64_t y);
  void (*spread)(const PoolTask &task, int64_t y);

  // Adds factor · (maps − target) of so many numbers to `gradient`. Returns Σ (maps − target)².
  double (*add_difference)(const float *maps, const float *target, int64_t count, float factor, float *gradient);

  // Of the places begin … begin + places: adds the products of every two vectors to `sums`, count × count, of which only what is on and
  // below the diagonal is written. Needs room for vector_scratch(count) numbers.
  int64_t (*vector_scratch)(int64_t count);
  void (*add_vector_products)(const VectorTask &task, int64_t begin, int64_t places, double *sums, float *scratch);
  // The image moved by the sum of the vectors, each times its share, within the box, to `moved`. Returns gradient · (moved − image).
  double (*move)(const VectorTask &task, const float *shares, int64_t begin, int64_t places, float *moved);
};

extern const MapKernels map_kernels_avx2, map_kernels_avx512;

} // namespace pastiche
