// SPDX-License-Identifier: GPL-3.0-or-later
#include "fade.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "resample.h"

namespace plugin {
namespace {

float at(const raster::Mask &mask, int x, int y, int width, int height) {
  const int64_t row = int64_t{y} * mask.height / height, column = int64_t{x} * mask.width / width;
  return mask.values[static_cast<size_t>(row * mask.width + column)];
}

// sRGB's transfer function (IEC 61966-2-1).
float to_linear(float value) { return value <= 0.04045f ? value / 12.92f : std::pow((value + 0.055f) / 1.055f, 2.4f); }
float to_coded(float value) { return value <= 0.0031308f ? value * 12.92f : 1.055f * std::pow(value, 1 / 2.4f) - 0.055f; }

} // namespace

std::optional<raster::Mask> coverage_of(const Regions &regions, size_t count) {
  if (regions.size() < count || std::ranges::any_of(regions, [](const auto &region) { return !region; }))
    return {};
  raster::Mask coverage = *regions.front();
  for (int y = 0; y < coverage.height; ++y)
    for (int x = 0; x < coverage.width; ++x) {
      float sum = 0;
      for (const auto &region : regions)
        sum += at(*region, x, y, coverage.width, coverage.height);
      coverage.values[static_cast<size_t>(y) * coverage.width + x] = std::min(sum, 1.0f);
    }
  return coverage;
}

std::optional<raster::Mask> selected_of(const Layer &layer, const GeglRectangle &part, double scale) {
  if (!layer.selection)
    return {};
  const auto reduced = [&](int pixels) { return static_cast<int>(std::lround(pixels * scale)); };
  const GeglRectangle place{reduced(part.x - layer.area.x), reduced(part.y - layer.area.y), raster::scaled(part.width, scale),
                            raster::scaled(part.height, scale)};
  raster::Mask mask{place.width, place.height, std::vector<float>(static_cast<size_t>(place.width) * place.height)};
  gegl_buffer_get(layer.selection.get(), &place, scale, babl_format("Y float"), mask.values.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_CLAMP);
  return mask;
}

raster::Pixels fade(const raster::Pixels &painted, const raster::Pixels &over, const raster::Mask &share, Mix mix) {
  const Part whole{0, 0, static_cast<double>(painted.width), static_cast<double>(painted.height)};
  raster::Pixels faded =
      painted.width == over.width && painted.height == over.height ? painted : enlarge(painted, whole, over.width, over.height);
  for (int y = 0; y < over.height; ++y)
    for (int x = 0; x < over.width; ++x) {
      const float seen = at(share, x, y, over.width, over.height);
      if (seen >= 1)
        continue;
      const size_t first = (static_cast<size_t>(y) * over.width + x) * 4;
      for (size_t i = first; i < first + 4; ++i) {
        const bool linear = mix == Mix::linear && i < first + 3 && seen > 0;
        faded.rgba[i] = linear ? to_coded(std::lerp(to_linear(over.rgba[i]), to_linear(faded.rgba[i]), seen))
                               : std::lerp(over.rgba[i], faded.rgba[i], seen);
      }
    }
  return faded;
}

} // namespace plugin
