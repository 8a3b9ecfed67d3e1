// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace plugin {
namespace {

using raster::Pixels;

Pixels blank(int width, int height) { return {width, height, std::vector<float>(static_cast<size_t>(width) * height * 4)}; }

const float *at(const Pixels &pixels, int x, int y) { return &pixels.rgba[(static_cast<size_t>(y) * pixels.width + x) * 4]; }
float *at(Pixels &pixels, int x, int y) { return &pixels.rgba[(static_cast<size_t>(y) * pixels.width + x) * 4]; }

} // namespace

Pixels enlarge(const Pixels &pixels, const Part &part, int width, int height) {
  Pixels large = blank(width, height);
  for (int y = 0; y < height; ++y) {
    const double from_y = std::clamp(part.y + (y + 0.5) * part.height / height - 0.5, 0.0, pixels.height - 1.0);
    const int above = static_cast<int>(from_y), below = std::min(above + 1, pixels.height - 1);
    const auto down = static_cast<float>(from_y - above);
    for (int x = 0; x < width; ++x) {
      const double from_x = std::clamp(part.x + (x + 0.5) * part.width / width - 0.5, 0.0, pixels.width - 1.0);
      const int left = static_cast<int>(from_x), right = std::min(left + 1, pixels.width - 1);
      const auto across = static_cast<float>(from_x - left);
      for (size_t c = 0; c < 4; ++c)
        at(large, x, y)[c] = std::lerp(std::lerp(at(pixels, left, above)[c], at(pixels, right, above)[c], across),
                                       std::lerp(at(pixels, left, below)[c], at(pixels, right, below)[c], across), down);
    }
  }
  return large;
}

Pixels reduce(const Pixels &pixels, int width, int height) {
  Pixels small = blank(width, height);
  for (int y = 0; y < height; ++y) {
    const int top = y * pixels.height / height, bottom = std::max(top + 1, (y + 1) * pixels.height / height);
    for (int x = 0; x < width; ++x) {
      const int left = x * pixels.width / width, right = std::max(left + 1, (x + 1) * pixels.width / width);
      float *mean = at(small, x, y);
      float visible = 0;
      for (int from_y = top; from_y < bottom; ++from_y)
        for (int from_x = left; from_x < right; ++from_x) {
          const float *from = at(pixels, from_x, from_y);
          visible += from[3];
          for (size_t c = 0; c < 3; ++c)
            mean[c] += from[3] * from[c];
        }
      for (size_t c = 0; c < 3 && visible > 0; ++c)
        mean[c] /= visible;
      mean[3] = visible / static_cast<float>((bottom - top) * (right - left));
    }
  }
  return small;
}

Pixels crop_middle(const Pixels &pixels, int width, int height) {
  Pixels middle = blank(width, height);
  const int x = (pixels.width - width) / 2, y = (pixels.height - height) / 2;
  for (int row = 0; row < height; ++row)
    std::copy_n(at(pixels, x, y + row), static_cast<size_t>(width) * 4, at(middle, 0, row));
  return middle;
}

} // namespace plugin
