// SPDX-License-Identifier: GPL-3.0-or-later
#include "mapkernels.h"

#include <utility>

// No templates of the standard library that leave functions behind: the linker would keep one copy of each for all processors, which may be
// the one for the newest.
namespace pastiche {
namespace {

// What fits in the registers: so many rows of two vectors each, and what they are multiplied with.
#ifdef __AVX512F__
constexpr int64_t lanes = 16;
constexpr int most_rows = 14;
#else
constexpr int64_t lanes = 8;
constexpr int most_rows = 6;
#endif
constexpr int64_t pair = 2 * lanes;

// At any address of a float.
using Vector [[gnu::vector_size(lanes * sizeof(float)), gnu::aligned(alignof(float)), gnu::may_alias]] = float;

// 6×6 places of a window, 4×4 of its outputs.
constexpr int64_t window = 6, tile = 4, points = window * window;

// Floats that a block works on, so that they stay in a core's second cache on most processors.
constexpr int64_t block_floats = 256 * 1024 / sizeof(float);

// Keeps the planes of a block from beginning at addresses that share the cache's lines.
constexpr int64_t plane_gap = 16;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr int64_t parts(int64_t whole, int64_t part) { return (whole + part - 1) / part; }
constexpr int64_t padded(int64_t channels) { return parts(channels, lanes) * lanes; }

Vector load(const float *from) { return *reinterpret_cast<const Vector *>(from); }

Vector load(const float *from, int64_t count) {
  if (count >= lanes)
    return load(from);
  Vector vector{};
  for (int64_t i = 0; i < count; ++i)
    vector[i] = from[i];
  return vector;
}

void store(float *to, Vector vector) { *reinterpret_cast<Vector *>(to) = vector; }

void store(float *to, Vector vector, int64_t count) {
  if (count >= lanes)
    return store(to, vector);
  for (int64_t i = 0; i < count; ++i)
    to[i] = vector[i];
}

Vector finished(Vector sum, Vector bias, bool relu) {
  sum += bias;
  return relu ? (sum > 0 ? sum : Vector{}) : sum;
}

// Rows of sums, padded, to rows of so many outputs.
void finish_rows(const float *sums, int64_t rows, const float *bias, bool relu, float *to, int64_t outputs) {
  const int64_t stride = padded(outputs);
  for (int64_t output = 0; output < outputs; output += lanes) {
    const int64_t count = outputs - output;
    const Vector added = bias ? load(bias + output, count) : Vector{};
    for (int64_t row = 0; row < rows; ++row)
      store(to + row * outputs + output, finished(load(sums + row * stride + output), added, relu), count);
  }
}

// A product of matrices. Element i of row r of `a` is at r · a_row + i · a_step; there are `bands` such rows, a_band apart, one after the
// other for the same row of the result. `b` has depth · bands rows, b_step apart.
struct Product {
  const float *a;
  int64_t a_row, a_step, depth, bands, a_band;
  const float *b;
  int64_t b_step;
  float *to;
  int64_t to_row;
};

template <int rows, int columns> void multiply(const Product &p) {
  Vector sum[rows][columns] = {};
  const float *b = p.b;
  for (int64_t band = 0; band < p.bands; ++band) {
    const float *a = p.a + band * p.a_band;
    for (int64_t i = 0; i < p.depth; ++i, a += p.a_step, b += p.b_step) {
      Vector factor[columns];
#pragma GCC unroll 2
      for (int column = 0; column < columns; ++column)
        factor[column] = load(b + column * lanes);
#pragma GCC unroll 14
      for (int row = 0; row < rows; ++row)
#pragma GCC unroll 2
        for (int column = 0; column < columns; ++column)
          sum[row][column] += a[row * p.a_row] * factor[column];
    }
  }
#pragma GCC unroll 14
  for (int row = 0; row < rows; ++row)
#pragma GCC unroll 2
    for (int column = 0; column < columns; ++column)
      store(p.to + row * p.to_row + column * lanes, sum[row][column]);
}

template <int columns, int... rows_less_one> void multiply(const Product &p, int64_t rows, std::integer_sequence<int, rows_less_one...>) {
  static constexpr void (*of[])(const Product &) = {multiply<rows_less_one + 1, columns>...};
  of[rows - 1](p);
}

// Of most_rows rows at most, by one vector or two.
void multiply_some(const Product &p, int64_t rows, bool two) {
  constexpr std::make_integer_sequence<int, most_rows> numbers;
  if (two)
    multiply<2>(p, rows, numbers);
  else
    multiply<1>(p, rows, numbers);
}

// By a packed matrix of so many columns, a multiple of the lanes; b_step follows from that.
void multiply_packed(Product p, int64_t rows, int64_t columns) {
  const float *const a = p.a;
  float *const to = p.to;
  for (int64_t column = 0; column < columns; column += pair) {
    const bool two = columns - column >= pair;
    p.b_step = two ? pair : lanes;
    for (int64_t row = 0; row < rows; row += most_rows) {
      p.a = a + row * p.a_row;
      p.to = to + row * p.to_row + column;
      multiply_some(p, least(most_rows, rows - row), two);
    }
    p.b += p.bands * p.depth * p.b_step;
  }
}

// Puts a matrix of rows × columns into the order in which multiply_packed() reads it. Returns where the next one goes.
template <class Value> float *pack_matrix(int64_t rows, int64_t columns, float *to, const Value &value) {
  for (int64_t column = 0; column < padded(columns); column += pair)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t i = column; i < least(column + pair, padded(columns)); ++i)
        *to++ = i < columns ? value(row, i) : 0;
  return to;
}

// The outputs along a side that one window is for.
struct Span {
  int64_t start;      // of the four
  int64_t begin, end; // what is written of them
};

// A side cut into windows. Where edges are folded the outputs begin one before it and end one beyond; both lie in the same window as the
// edge.
struct Side {
  int64_t length;
  bool fold;

  int64_t windows() const { return parts(length + 2 * fold, tile); }

  Span operator[](int64_t i) const {
    const int64_t start = tile * i - fold;
    if (fold && start == length)
      return {length - 1, length - 1, length};
    const bool last_goes_to_next = fold && start + tile == length;
    return {start, most(start, 0), least(start + tile, length) - last_goes_to_next};
  }
};

// Bᵀ of the paper, with the points 0, ±1, ±2, ∞.
[[gnu::always_inline]] inline void transform_input(const Vector *in, Vector *out, int64_t step) {
  const Vector even = in[4] - 4 * in[2], odd = in[3] - 4 * in[1], near = in[4] - in[2], far = 2 * (in[3] - in[1]);
  out[0] = 4 * in[0] - 5 * in[2] + in[4];
  out[step] = even + odd;
  out[2 * step] = even - odd;
  out[3 * step] = near + far;
  out[4 * step] = near - far;
  out[5 * step] = 4 * in[1] - 5 * in[3] + in[5];
}

// Aᵀ of the paper.
[[gnu::always_inline]] inline void transform_output(const Vector *in, Vector *out, int64_t step) {
  const Vector sum1 = in[1] + in[2], difference1 = in[1] - in[2], sum2 = in[3] + in[4], difference2 = in[3] - in[4];
  out[0] = in[0] + sum1 + sum2;
  out[step] = difference1 + 2 * difference2;
  out[2 * step] = sum1 + 4 * sum2;
  out[3 * step] = difference1 + 8 * difference2 + in[5];
}

// Where the input of a window lies.
struct Window {
  int64_t row[window], column[window];
  bool has_row[window], has_column[window];
};

template <bool inner, bool masked>
void transform_window(const ConvolutionTask &task, const Window &at, int64_t channel, float *to, int64_t plane) {
  const int64_t count = task.channels - channel;
  Vector half[points];
#pragma GCC unroll 6
  for (int64_t x = 0; x < window; ++x) {
    Vector column[window];
#pragma GCC unroll 6
    for (int64_t y = 0; y < window; ++y) {
      column[y] = Vector{};
      if (!inner && !(at.has_row[y] && at.has_column[x]))
        continue;
      const int64_t place = at.row[y] + at.column[x] + channel;
      column[y] = load(task.input + place, count);
      if (masked)
        column[y] = load(task.mask + place, count) > 0 ? column[y] : Vector{};
    }
    transform_input(column, half + x, window);
  }
#pragma GCC unroll 6
  for (int64_t y = 0; y < window; ++y) {
    Vector row[window];
    transform_input(half + y * window, row, 1);
#pragma GCC unroll 6
    for (int64_t x = 0; x < window; ++x)
      store(to + (y * window + x) * plane, row[x]);
  }
}

void transform_window(const ConvolutionTask &task, const Span &down, const Span &across, float *to, int64_t plane) {
  const int64_t top = down.start - 1, left = across.start - 1;
  Window at;
  for (int64_t i = 0; i < window; ++i) {
    const int64_t y = most(0, least(top + i, task.height - 1)), x = most(0, least(left + i, task.width - 1));
    at.row[i] = y * task.width * task.channels;
    at.column[i] = x * task.channels;
    at.has_row[i] = task.replicate || y == top + i;
    at.has_column[i] = task.replicate || x == left + i;
  }
  const bool inner = top >= 0 && left >= 0 && top + window <= task.height && left + window <= task.width;
  for (int64_t channel = 0; channel < task.channels; channel += lanes) {
    if (inner && !task.mask)
      transform_window<true, false>(task, at, channel, to + channel, plane);
    else if (inner)
      transform_window<true, true>(task, at, channel, to + channel, plane);
    else if (!task.mask)
      transform_window<false, false>(task, at, channel, to + channel, plane);
    else
      transform_window<false, true>(task, at, channel, to + channel, plane);
  }
}

// Adds what lies one beyond an edge to the edge's. `step` leads along the side, `other` across it.
void fold_edges(Vector *outputs, const Span &span, int64_t length, int64_t step, int64_t other) {
  const auto move = [&](int64_t from, int64_t to) {
    if (from >= 0 && from < tile)
      for (int64_t i = 0; i < tile; ++i)
        outputs[to * step + i * other] += outputs[from * step + i * other];
  };
  if (span.start < 0)
    move(-1 - span.start, -span.start);
  move(length - span.start, length - 1 - span.start);
}

void finish_window(const ConvolutionTask &task, const Span &down, const Span &across, const float *from, int64_t plane) {
  for (int64_t channel = 0; channel < task.outputs; channel += lanes) {
    const int64_t count = task.outputs - channel;
    Vector half[window * tile], outputs[tile * tile];
#pragma GCC unroll 6
    for (int64_t x = 0; x < window; ++x) {
      Vector column[window];
#pragma GCC unroll 6
      for (int64_t y = 0; y < window; ++y)
        column[y] = load(from + (y * window + x) * plane + channel);
      transform_output(column, half + x, window);
    }
#pragma GCC unroll 4
    for (int64_t y = 0; y < tile; ++y)
      transform_output(half + y * window, outputs + y * tile, 1);
    if (task.fold) {
      fold_edges(outputs, across, task.width, 1, tile);
      fold_edges(outputs, down, task.height, tile, 1);
    }
    const Vector bias = task.bias ? load(task.bias + channel, count) : Vector{};
    if (task.average) { // a window begins at an even place
      const int64_t width = task.width / 2;
      for (int64_t i = 0; i < tile; ++i) {
        const int64_t y = i / 2, x = i % 2, row = down.start / 2 + y, column = across.start / 2 + x;
        const Vector *const first = outputs + 2 * y * tile + 2 * x;
        const auto at = [&](int64_t place) { return finished(first[place], bias, task.relu); };
        if (row < task.height / 2 && column < width)
          store(task.output + (row * width + column) * task.outputs + channel, (at(0) + at(1) + (at(tile) + at(tile + 1))) * 0.25f, count);
      }
      continue;
    }
    // Spread, a place is two runs of half of its outputs, one below the other.
    const int64_t run = task.spread ? task.outputs / 2 : task.outputs, row = task.width * task.outputs;
    float *const to = task.output + (channel < run ? channel : row / 2 + channel - run);
    const auto place = [&](int64_t y, int64_t x) { return to + y * row + x * run; };
    if (count >= lanes && down.end - down.begin == tile && across.end - across.begin == tile) {
      float *const first = place(down.begin, across.begin);
#pragma GCC unroll 16
      for (int64_t i = 0; i < tile * tile; ++i)
        store(first + i / tile * row + i % tile * run, finished(outputs[i], bias, task.relu));
      continue;
    }
    for (int64_t y = down.begin; y < down.end; ++y)
      for (int64_t x = across.begin; x < across.end; ++x)
        store(place(y, x), finished(outputs[(y - down.start) * tile + x - across.start], bias, task.relu), count);
  }
}

namespace winograd {

int64_t packed_size(int64_t channels, int64_t outputs) { return points * channels * padded(outputs); }

void pack(const float *weights, int64_t channels, int64_t outputs, float *packed) {
  // G of the paper.
  static constexpr double g[window][3] = {
      {1. / 4, 0, 0}, {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6}, {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6},
      {0, 0, 1}};
  for (int64_t y = 0; y < window; ++y)
    for (int64_t x = 0; x < window; ++x) {
      double share[9];
      for (int64_t i = 0; i < 9; ++i)
        share[i] = g[y][i / 3] * g[x][i % 3];
      packed = pack_matrix(channels, outputs, packed, [&](int64_t channel, int64_t output) {
        const float *kernel = weights + (output * channels + channel) * 9;
        double sum = 0;
        for (int64_t i = 0; i < 9; ++i)
          sum += share[i] * static_cast<double>(kernel[i]);
        return static_cast<float>(sum);
      });
    }
}

int64_t input_plane(const ConvolutionTask &task, int64_t size) { return size * padded(task.channels) + plane_gap; }
int64_t output_plane(const ConvolutionTask &task, int64_t size) { return size * padded(task.outputs) + plane_gap; }

// Blocks are of so many windows, row after row.
Blocks cut(const ConvolutionTask &task, int64_t threads) {
  constexpr int64_t blocks_per_thread = 4; // so that none waits long for the slowest
  const int64_t windows = Side{task.height, task.fold}.windows() * Side{task.width, task.fold}.windows();
  const int64_t room = most(block_floats, packed_size(task.channels, task.outputs) / 4); // weights are read once for each block
  const int64_t fit = room / (points * (padded(task.channels) + padded(task.outputs)));
  const int64_t wanted = threads > 1 ? least(fit, windows / (blocks_per_thread * threads)) : fit;
  const int64_t size = most(1, wanted / most_rows) * most_rows;
  return {parts(windows, size), size, points * (input_plane(task, size) + output_plane(task, size))};
}

void run(const ConvolutionTask &task, const Blocks &blocks, int64_t block, float *scratch) {
  const Side down{task.height, task.fold}, across{task.width, task.fold};
  const int64_t begin = block * blocks.size, count = least(blocks.size, down.windows() * across.windows() - begin);
  const int64_t in_stride = padded(task.channels), in_plane = input_plane(task, blocks.size);
  const int64_t out_stride = padded(task.outputs), out_plane = output_plane(task, blocks.size);
  float *const in = scratch, *const out = scratch + points * in_plane;
  const auto each = [&](const auto &work) {
    for (int64_t i = 0; i < count; ++i)
      work(i, down[(begin + i) / across.windows()], across[(begin + i) % across.windows()]);
  };
  each([&](int64_t i, const Span &y, const Span &x) { transform_window(task, y, x, in + i * in_stride, in_plane); });
  for (int64_t point = 0; point < points; ++point)
    multiply_packed({.a = in + point * in_plane,
                     .a_row = in_stride,
                     .a_step = 1,
                     .depth = task.channels,
                     .bands = 1,
                     .a_band = 0,
                     .b = task.weights + point * task.channels * out_stride,
                     .b_step = 0,
                     .to = out + point * out_plane,
                     .to_row = out_stride},
                    count, out_stride);
  each([&](int64_t i, const Span &y, const Span &x) { finish_window(task, y, x, out + i * out_stride, out_plane); });
}

} // namespace winograd

namespace direct {

int64_t packed_size(int64_t channels, int64_t outputs) { return 9 * channels * padded(outputs); }

void pack(const float *weights, int64_t channels, int64_t outputs, float *packed) {
  pack_matrix(9 * channels, outputs, packed, [&](int64_t row, int64_t output) {
    const int64_t place = row / channels, channel = row % channels;
    return weights[(output * channels + channel) * 9 + place];
  });
}

// Blocks are of so many rows of the picture.
Blocks cut(const ConvolutionTask &task, int64_t) {
  return {task.height, 1, 3 * (task.width + 2) * task.channels + task.width * padded(task.outputs)};
}

void run(const ConvolutionTask &task, const Blocks &, int64_t y, float *scratch) {
  // Three rows of the input with a margin, on which the places under the kernel lie side by side.
  const int64_t length = (task.width + 2) * task.channels, stride = padded(task.outputs);
  float *const rows = scratch, *const sums = scratch + 3 * length;
  for (int64_t i = 0; i < 3; ++i) {
    const int64_t from = most(0, least(y + i - 1, task.height - 1));
    const bool has = task.replicate || from == y + i - 1;
    for (int64_t x = -1; x <= task.width; ++x) {
      const int64_t column = most(0, least(x, task.width - 1));
      for (int64_t channel = 0; channel < task.channels; ++channel)
        rows[i * length + (x + 1) * task.channels + channel] =
            has && (task.replicate || column == x) ? task.input[(from * task.width + column) * task.channels + channel] : 0;
    }
  }
  multiply_packed({.a = rows,
                   .a_row = task.channels,
                   .a_step = 1,
                   .depth = 3 * task.channels,
                   .bands = 3,
                   .a_band = length,
                   .b = task.weights,
                   .b_step = 0,
                   .to = sums,
                   .to_row = stride},
                  task.width, stride);
  finish_rows(sums, task.width, task.bias, task.relu, task.output + y * task.width * task.outputs, task.outputs);
}

} // namespace direct

namespace product {

int64_t packed_size(int64_t channels, int64_t outputs) { return channels * padded(outputs); }

void pack(const float *matrix, int64_t channels, int64_t outputs, float *packed) {
  pack_matrix(channels, outputs, packed, [&](int64_t channel, int64_t output) { return matrix[channel * outputs + output]; });
}

// Blocks are of so many places.
Blocks cut(const ProductTask &task) {
  const int64_t size = parts(block_floats / (task.channels + padded(task.outputs)), most_rows) * most_rows;
  return {parts(task.places, size), size, size * padded(task.outputs)};
}

void run(const ProductTask &task, const Blocks &blocks, int64_t block, float *sums) {
  const int64_t begin = block * blocks.size, count = least(blocks.size, task.places - begin), stride = padded(task.outputs);
  multiply_packed({.a = task.input + begin * task.channels,
                   .a_row = task.channels,
                   .a_step = 1,
                   .depth = task.channels,
                   .bands = 1,
                   .a_band = 0,
                   .b = task.matrix,
                   .b_step = 0,
                   .to = sums,
                   .to_row = stride},
                  count, stride);
  finish_rows(sums, count, task.shift, false, task.output + begin * task.outputs, task.outputs);
}

} // namespace product

void add_squares(const float *input, int64_t places, int64_t channels, float *sum) {
  constexpr int64_t block = 256; // places whose squares are added up before they meet larger sums
  for (int64_t place = 0; place < places; place += block)
    for (int64_t row = 0; row < channels; row += most_rows)
      // What lies below the diagonal is what lies above it.
      for (int64_t column = row / pair * pair; column < channels; column += pair) {
        const int64_t rows = least(most_rows, channels - row), wide = channels - column;
        float result[most_rows * pair], last[block * pair];
        Product p{.a = input + place * channels + row,
                  .a_row = 1,
                  .a_step = channels,
                  .depth = least(block, places - place),
                  .bands = 1,
                  .a_band = 0,
                  .b = input + place * channels + column,
                  .b_step = channels,
                  .to = result,
                  .to_row = pair};
        if (wide < pair && wide != lanes) { // nothing may be read beyond the last place
          for (int64_t i = 0; i < p.depth; ++i)
            for (int64_t j = 0; j < pair; ++j)
              last[i * pair + j] = j < wide ? p.b[i * channels + j] : 0;
          p.b = last;
          p.b_step = pair;
        }
        multiply_some(p, rows, wide > lanes);
        for (int64_t i = 0; i < rows; ++i)
          for (int64_t j = most(0, row + i - column); j < least(pair, wide); ++j) {
            sum[(row + i) * channels + column + j] += result[i * pair + j];
            if (row + i != column + j)
              sum[(column + j) * channels + row + i] += result[i * pair + j];
          }
      }
}

void average(const PoolTask &task, int64_t y) {
  const int64_t row = task.width * task.channels;
  for (int64_t x = 0; x < task.width / 2; ++x) {
    const float *const from = task.large + 2 * y * row + 2 * x * task.channels;
    float *const to = task.small + (y * (task.width / 2) + x) * task.channels;
    for (int64_t c = 0; c < task.channels; c += lanes) {
      const int64_t count = task.channels - c;
      const Vector above = load(from + c, count) + load(from + task.channels + c, count);
      const Vector below = load(from + row + c, count) + load(from + row + task.channels + c, count);
      store(to + c, (above + below) * 0.25f, count);
    }
  }
}

void spread(const PoolTask &task, int64_t y) {
  const int64_t row = task.width * task.channels;
  for (int64_t x = 0; x < task.width / 2; ++x) {
    const float *const from = task.small + (y * (task.width / 2) + x) * task.channels;
    float *const to = task.large + 2 * y * row + 2 * x * task.channels;
    for (int64_t c = 0; c < task.channels; c += lanes) {
      const int64_t count = task.channels - c;
      const Vector quarter = load(from + c, count) * 0.25f;
      store(to + c, quarter, count);
      store(to + task.channels + c, quarter, count);
      store(to + row + c, quarter, count);
      store(to + row + task.channels + c, quarter, count);
    }
  }
}

double sum_of(Vector vector) {
  double sum = 0;
  for (int64_t i = 0; i < lanes; ++i)
    sum += static_cast<double>(vector[i]);
  return sum;
}

// What is added up in float32 before it meets larger sums; so many numbers of some vectors stay in a core's first caches.
constexpr int64_t sum_block = 512;

double add_difference(const float *maps, const float *target, int64_t count, float factor, float *gradient) {
  double total = 0;
  for (int64_t block = 0; block < count; block += sum_block) {
    Vector sum{};
    const int64_t end = least(block + sum_block, count);
    for (int64_t i = block; i < end; i += lanes) {
      const Vector difference = load(maps + i, end - i) - load(target + i, end - i);
      store(gradient + i, load(gradient + i, end - i) + factor * difference, end - i);
      sum += difference * difference;
    }
    total += sum_of(sum);
  }
  return total;
}

// The vector at these places, 0 where the box holds the image.
[[gnu::always_inline]] inline Vector movable(const VectorTask &task, Vector vector, int64_t place, int64_t count) {
  if (!task.image)
    return vector;
  const Vector image = load(task.image + place, count), gradient = load(task.gradient + place, count);
  const auto held = ((image <= 0) & (gradient > 0)) | ((image >= 1) & (gradient < 0));
  return held ? Vector{} : vector;
}

int64_t vector_scratch(int64_t count) { return count * sum_block; }

// The products of some rows with some others, sum_block apart.
template <int rows, int columns> void add_products(const float *a, const float *b, double *sums, int64_t sums_row) {
  Vector sum[rows][columns] = {};
  for (int64_t i = 0; i < sum_block; i += lanes)
#pragma GCC unroll 4
    for (int row = 0; row < rows; ++row)
#pragma GCC unroll 4
      for (int column = 0; column < columns; ++column)
        sum[row][column] += load(a + row * sum_block + i) * load(b + column * sum_block + i);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      sums[row * sums_row + column] += sum_of(sum[row][column]);
}

void add_vector_products(const VectorTask &task, int64_t begin, int64_t places, double *sums, float *scratch) {
  for (int64_t place = begin; place < begin + places; place += sum_block) {
    const int64_t length = least(sum_block, begin + places - place);
    for (int64_t i = 0; i < task.count; ++i)
      for (int64_t at = 0; at < sum_block; at += lanes)
        store(scratch + i * sum_block + at,
              at < length ? movable(task, load(task.vectors[i] + place + at, length - at), place + at, length - at) : Vector{});
    const auto row_of = [&](int64_t i) { return scratch + i * sum_block; };
    for (int64_t row = 0; row < task.count; row += 2)
      for (int64_t column = 0; column <= row; column += 2) {
        double *const to = sums + row * task.count + column;
        const bool last = row + 1 == task.count; // then no column is beyond it either, but its own
        if (!last)
          add_products<2, 2>(row_of(row), row_of(column), to, task.count);
        else if (column < row)
          add_products<1, 2>(row_of(row), row_of(column), to, task.count);
        else
          add_products<1, 1>(row_of(row), row_of(column), to, task.count);
      }
  }
}

double move(const VectorTask &task, const float *shares, int64_t begin, int64_t places, float *moved) {
  double slope = 0;
  for (int64_t block = begin; block < begin + places; block += sum_block) {
    Vector sum{};
    const int64_t end = least(block + sum_block, begin + places);
    for (int64_t place = block; place < end; place += lanes) {
      const int64_t count = end - place;
      Vector way{};
      for (int64_t i = 0; i < task.count; ++i)
        way += shares[i] * load(task.vectors[i] + place, count);
      const Vector image = load(task.image + place, count);
      Vector there = image + movable(task, way, place, count);
      there = there < 0 ? Vector{} : there > 1 ? Vector{} + 1 : there;
      store(moved + place, there, count);
      sum += load(task.gradient + place, count) * (there - image);
    }
    slope += sum_of(sum);
  }
  return slope;
}

} // namespace

#ifdef __AVX512F__
const MapKernels map_kernels_avx512
#else
const MapKernels map_kernels_avx2
#endif
    {.winograd = {winograd::packed_size, winograd::pack, winograd::cut, winograd::run},
     .spread_outputs = lanes / 2,
     .direct = {direct::packed_size, direct::pack, direct::cut, direct::run},
     .packed_matrix_size = product::packed_size,
     .pack_matrix = product::pack,
     .cut_product = product::cut,
     .product = product::run,
     .add_squares = add_squares,
     .average = average,
     .spread = spread,
     .add_difference = add_difference,
     .vector_scratch = vector_scratch,
     .add_vector_products = add_vector_products,
     .move = move};

} // namespace pastiche
