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

// Where in a style, 0…1 across and down.
Color place_color(float across, float down) { return {across, down, 0.5F}; }

constexpr int patch_columns = 4, patch_rows = 3;
constexpr std::array<Color, patch_columns * patch_rows> patch_colors{{{0.9F, 0.1F, 0.1F},
                                                                      {1, 0.55F, 0},
                                                                      {0.85F, 0.75F, 0},
                                                                      {0.45F, 0.75F, 0},
                                                                      {0, 0.6F, 0.25F},
                                                                      {0, 0.7F, 0.7F},
                                                                      {0.1F, 0.5F, 1},
                                                                      {0.15F, 0.15F, 0.85F},
                                                                      {0.5F, 0.2F, 0.9F},
                                                                      {0.9F, 0.2F, 0.85F},
                                                                      {0.55F, 0.3F, 0.1F},
                                                                      {0, 0, 0}}};

int at(float share, int side) { return std::clamp(static_cast<int>(share * static_cast<float>(side)), 0, side - 1); }

raster::Pixels pale(const pastiche_image &image) {
  raster::Pixels pixels = raster::copy_of(image);
  for (size_t i = 0; i < pixels.rgba.size(); i++)
    pixels.rgba[i] = i % 4 < 3 ? 0.5F + 0.5F * std::clamp(pixels.rgba[i], 0.0F, 1.0F) : 1;
  return pixels;
}

// A square around a place, its inside as it is in the image.
void frame(raster::Pixels &pixels, const pastiche_image &image, float across, float down, const Color &color) {
  const int half = std::max(4, std::max(image.width, image.height) / 40), line = std::max(1, half / 4);
  for (int v = -half; v <= half; v++)
    for (int u = -half; u <= half; u++) {
      const int x = at(across, image.width) + u, y = at(down, image.height) + v;
      if (x < 0 || y < 0 || x >= image.width || y >= image.height)
        continue;
      const float *own = image.rgba + size_t{4} * (size_t{1} * y * image.width + x);
      set(pixels, x, y, std::max(std::abs(u), std::abs(v)) > half - line ? color : Color{own[0], own[1], own[2]});
    }
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

raster::Pixels places_map(const pastiche_image &places) {
  raster::Pixels map = canvas(places.width, places.height);
  for (int y = 0; y < places.height; y++)
    for (int x = 0; x < places.width; x++)
      if (const float *place = places.rgba + size_t{4} * (size_t{1} * y * places.width + x); place[3] > 0)
        set(map, x, y, place_color(place[0], place[1]));
  return map;
}

raster::Pixels places_key(int width, int height) {
  raster::Pixels key = canvas(width, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      set(key, x, y,
          place_color((static_cast<float>(x) + 0.5F) / static_cast<float>(width),
                      (static_cast<float>(y) + 0.5F) / static_cast<float>(height)));
  return key;
}

Patches patches(const pastiche_image &painting, const pastiche_image &style, const pastiche_image &places) {
  Patches shown{pale(painting), pale(style)};
  for (int row = 0; row < patch_rows; row++)
    for (int column = 0; column < patch_columns; column++) {
      const float across = (static_cast<float>(column) + 0.5F) / patch_columns, down = (static_cast<float>(row) + 0.5F) / patch_rows;
      const float *place = places.rgba + size_t{4} * (size_t{1} * at(down, places.height) * places.width + at(across, places.width));
      if (place[3] <= 0)
        continue;
      const Color color = patch_colors[static_cast<size_t>(row * patch_columns + column)];
      frame(shown.painting, painting, across, down, color);
      frame(shown.style, style, place[0], place[1], color);
    }
  return shown;
}

} // namespace cli
