// SPDX-License-Identifier: GPL-3.0-or-later
#include "enlarge.h"

#include <gegl-parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <new>

namespace operation {
namespace {

// What a pixel of the enlarged picture is mixed from along one side.
struct Mix {
  std::array<int, 4> from;
  std::array<float, 4> share; // their sum is 1
};

using Color [[gnu::vector_size(4 * sizeof(float)), gnu::aligned(alignof(float)), gnu::may_alias]] = float;

// Keys 1981, equation 15 with a = -1/2.
double cubic(double distance) {
  const double x = std::abs(distance);
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

// For the places `first` and on of a side of `large` pixels, which is to be made of `small` ones.
std::vector<Mix> mixes(int small, int large, int first, int count) {
  std::vector<Mix> all(static_cast<size_t>(count));
  for (int i = 0; i < count; i++) {
    Mix &mix = all[static_cast<size_t>(i)];
    const double at = (first + i + 0.5) * small / large - 0.5;
    const int left = static_cast<int>(std::floor(at)) - 1;
    std::array<double, 4> share{};
    double sum = 0;
    for (int tap = 0; tap < 4; tap++) {
      const int from = left + tap;
      const bool there = from >= 0 && from < small;
      mix.from[static_cast<size_t>(tap)] = std::clamp(from, 0, small - 1);
      sum += share[static_cast<size_t>(tap)] = there ? cubic(at - from) : 0;
    }
    for (size_t tap = 0; tap < 4; tap++)
      mix.share[tap] = static_cast<float>(share[tap] / sum);
  }
  return all;
}

} // namespace

void write_enlarged(const raster::Pixels &painting, const GeglRectangle &whole, GeglBuffer *input, GeglBuffer *output,
                    const GeglRectangle &part) {
  const std::vector<Mix> across = mixes(painting.width, whole.width, part.x - whole.x, part.width);
  const std::vector<Mix> down = mixes(painting.height, whole.height, part.y - whole.y, part.height);
  const size_t width = static_cast<size_t>(part.width), narrow = size_t{4} * static_cast<size_t>(painting.width);
  const Babl *format = babl_format("R'G'B'A float");
  const bool has_alpha = babl_format_has_alpha(gegl_buffer_get_format(output));
  constexpr int rows = 64; // are written at a time
  const auto write_rows = [&](int first, int count) {
    std::vector<float> row(narrow), strip(4 * width * rows, 1.0f);
    for (int top = first; top < first + count; top += rows) {
      const GeglRectangle place{part.x, part.y + top, part.width, std::min(rows, first + count - top)};
      // Of alpha alone babl's conversions are many times slower.
      if (has_alpha)
        gegl_buffer_get(input, &place, 1, format, strip.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (int y = 0; y < place.height; y++) {
        const Mix &mix = down[static_cast<size_t>(top + y)];
        const auto from = [&](size_t tap) { return &painting.rgba[narrow * static_cast<size_t>(mix.from[tap])]; };
        const float *a = from(0), *b = from(1), *c = from(2), *d = from(3);
        for (size_t i = 0; i < narrow; i++)
          row[i] = mix.share[0] * a[i] + mix.share[1] * b[i] + mix.share[2] * c[i] + mix.share[3] * d[i];
        float *to = &strip[4 * width * static_cast<size_t>(y)];
        for (size_t x = 0; x < width; x++, to += 4) {
          const Mix &sideways = across[x];
          Color color{};
          for (size_t tap = 0; tap < 4; tap++)
            color += sideways.share[tap] * *reinterpret_cast<const Color *>(&row[4 * static_cast<size_t>(sideways.from[tap])]);
          for (int channel = 0; channel < 3; channel++)
            to[channel] = std::clamp(color[channel], 0.0f, 1.0f);
        }
      }
      gegl_buffer_set(output, &place, 0, format, strip.data(), GEGL_AUTO_ROWSTRIDE);
    }
  };
  std::atomic<bool> memory_ran_out = false; // which must not leave GEGL's threads as an exception
  constexpr double rows_worth_a_thread = 64;
  gegl_parallel_distribute_range(static_cast<gsize>(part.height), rows_worth_a_thread, [&](gsize first, gsize count) {
    try {
      write_rows(static_cast<int>(first), static_cast<int>(count));
    } catch (const std::bad_alloc &) {
      memory_ran_out = true;
    }
  });
  if (memory_ran_out)
    throw std::bad_alloc();
}

} // namespace operation
