// SPDX-License-Identifier: GPL-3.0-or-later
#include "figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

namespace cli {
namespace {

constexpr int grid_columns = 4, longest_cell_side = 144, gap = 4; // pixels
constexpr int heat_map_side = 288;                                // pixels, about
constexpr float paper = 1;

using Color = std::array<float, 3>;

std::span<const float> map_of(const pastiche_layer &layer, int channel) {
  const size_t count = size_t{1} * layer.width * layer.height;
  return {layer.maps + count * channel, count};
}

double variance(std::span<const float> values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [mean](double sum, float value) { return sum + (value - mean) * (value - mean); }) /
         count;
}

raster::Pixels canvas(int width, int height) { return {width, height, std::vector<float>(size_t{4} * width * height, paper)}; }

void set(raster::Pixels &pixels, int x, int y, const Color &color) {
  std::ranges::copy(color, pixels.rgba.begin() + static_cast<ptrdiff_t>(size_t{4} * (size_t{1} * y * pixels.width + x)));
}

// The part of `count` places that number `index` of `parts` covers; one place at least.
struct Span {
  int first, end;
};
Span part(int index, int parts, int count) {
  const int first = index * count / parts;
  return {first, std::max(first + 1, (index + 1) * count / parts)};
}

double mean(const pastiche_layer &layer, std::span<const float> map, Span columns, Span rows) {
  double sum = 0;
  for (int y = rows.first; y < rows.end; y++)
    for (int x = columns.first; x < columns.end; x++)
      sum += map[size_t{1} * y * layer.width + x];
  return sum / ((columns.end - columns.first) * (rows.end - rows.first));
}

Color heat(float share) {
  const float root = std::sqrt(std::min(1.0F, std::abs(share)));
  const auto ramp = [root](float begin, float length) { return std::clamp((root - begin) / length, 0.0F, 1.0F); };
  if (share < 0)
    return {0, 0.5F * root, root};
  return {ramp(0, 0.6F), ramp(0.4F, 0.6F), 0.5F * ramp(0, 0.3F) - 0.5F * ramp(0.3F, 0.3F) + ramp(0.75F, 0.25F)};
}

} // namespace

std::vector<int> liveliest_channels(const pastiche_layer &layer, size_t most) {
  std::vector<double> variances;
  for (int channel = 0; channel < layer.channels; channel++)
    variances.push_back(variance(map_of(layer, channel)));
  std::vector<int> channels(variances.size());
  std::iota(channels.begin(), channels.end(), 0);
  std::ranges::stable_sort(channels, std::ranges::greater(), [&](int channel) { return variances[static_cast<size_t>(channel)]; });
  channels.resize(std::min(most, channels.size()));
  return channels;
}

raster::Pixels channel_grid(const pastiche_layer &layer, const std::vector<int> &channels) {
  const double scale = static_cast<double>(longest_cell_side) / std::max(layer.width, layer.height);
  const int width = std::max(1, static_cast<int>(std::lround(layer.width * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(layer.height * scale)));
  const int count = static_cast<int>(channels.size()), columns = std::min(grid_columns, count), rows = (count + columns - 1) / columns;
  raster::Pixels grid = canvas(columns * (width + gap) - gap, rows * (height + gap) - gap);
  for (int i = 0; i < count; i++) {
    const std::span<const float> map = map_of(layer, channels[static_cast<size_t>(i)]);
    const double largest = std::ranges::max(map);
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        const double value = mean(layer, map, part(x, width, layer.width), part(y, height, layer.height));
        const auto gray = largest > 0 ? static_cast<float>(std::clamp(value / largest, 0.0, 1.0)) : 0.0F;
        set(grid, i % columns * (width + gap) + x, i / columns * (height + gap) + y, {gray, gray, gray});
      }
  }
  return grid;
}

raster::Pixels heat_map(const pastiche_layer &layer, float largest) {
  const int zoom = std::max(1, heat_map_side / layer.gram_size), side = layer.gram_size * zoom;
  raster::Pixels map = canvas(side, side);
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      const float product = layer.gram[size_t{1} * (y / zoom) * layer.gram_size + x / zoom];
      set(map, x, y, heat(largest > 0 ? product / largest : 0));
    }
  return map;
}

float largest_product(const pastiche_layer &layer) {
  return std::ranges::max(std::span(layer.gram, size_t{1} * layer.gram_size * layer.gram_size));
}

} // namespace cli
