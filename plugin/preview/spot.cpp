// SPDX-License-Identifier: GPL-3.0-or-later
#include "spot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/scales.h"

namespace plugin {
namespace {

constexpr double largest_style_scale = 4.0; // in host/options.cpp

double reduction(const GeglRectangle &area, int size) {
  return size > 0 ? std::min(1.0, static_cast<double>(size) / std::max(area.width, area.height)) : 1.0;
}

// A style larger than style-scale can say: with less of it, the same strokes.
Style crop_style(Style style, double factor) {
  style.picture = crop_middle(style.picture, std::max(1, static_cast<int>(std::lround(style.picture.width / factor))),
                              std::max(1, static_cast<int>(std::lround(style.picture.height / factor))));
  return style;
}

// The spot's part of a mask over the whole; nothing when it is empty there.
std::optional<raster::Mask> crop_mask(const raster::Mask &mask, const Spot &spot, const GeglRectangle &area) {
  raster::Mask cropped{spot.width, spot.height, std::vector<float>(static_cast<size_t>(spot.width) * spot.height)};
  float most = 0;
  for (int y = 0; y < spot.height; ++y)
    for (int x = 0; x < spot.width; ++x) {
      const int64_t row = int64_t{spot.y + y} * mask.height / area.height, column = int64_t{spot.x + x} * mask.width / area.width;
      float &value = cropped.values[static_cast<size_t>(y) * spot.width + x];
      value = mask.values[static_cast<size_t>(row * mask.width + column)];
      most = std::max(most, value);
    }
  constexpr float seen = 0.01f;
  return most < seen ? std::nullopt : std::optional(std::move(cropped));
}

} // namespace

Working::Working(const GeglRectangle &area, int size)
    : width(raster::scaled(area.width, reduction(area, size))), height(raster::scaled(area.height, reduction(area, size))),
      scale(reduction(area, size)) {}

Spot find_spot(const GeglRectangle &area, double x, double y, int most_width, int most_height) {
  const int width = std::min(most_width, area.width), height = std::min(most_height, area.height);
  const auto first = [](double place, int side, int whole) {
    return std::clamp(static_cast<int>(std::lround(place * whole - side / 2.0)), 0, whole - side);
  };
  return {first(x, width, area.width), first(y, height, area.height), width, height};
}

Part find_part(const Spot &spot, const GeglRectangle &area, const raster::Pixels &whole) {
  const double across = static_cast<double>(whole.width) / area.width, down = static_cast<double>(whole.height) / area.height;
  return {spot.x * across, spot.y * down, spot.width * across, spot.height * down};
}

std::optional<Order> order_spot(raster::Pixels content, const Spot &spot, const GeglRectangle &area, const Working &working,
                                const raster::Pixels *whole, const std::vector<Style> &styles, const Regions &regions,
                                std::shared_ptr<Options> options) {
  pastiche_options &values = options->values();
  values.size = std::max(1, static_cast<int>(std::lround(std::max(spot.width, spot.height) * working.scale)));
  const double all = static_cast<double>(area.width) * area.height, spot_area = static_cast<double>(spot.width) * spot.height;
  const double style_scale = values.style_scale * std::sqrt(all / spot_area);
  values.style_scale = std::min(style_scale, largest_style_scale);
  const auto here = std::make_shared<std::vector<Style>>();
  Regions regions_here;
  for (size_t i = 0; i < styles.size(); ++i) {
    const bool everywhere = i >= regions.size() || !regions[i];
    std::optional<raster::Mask> region = everywhere ? std::nullopt : crop_mask(*regions[i], spot, area);
    if (!everywhere && !region)
      continue;
    here->push_back(style_scale > largest_style_scale ? crop_style(styles[i], style_scale / largest_style_scale) : styles[i]);
    regions_here.push_back(std::move(region));
  }
  if (here->empty())
    return {};

  std::optional<raster::Pixels> start;
  if (whole)
    start = enlarge(*whole, find_part(spot, area, *whole), raster::scaled(spot.width, working.scale),
                    raster::scaled(spot.height, working.scale));
  if (whole && values.steps > 0) {
    const std::vector<pastiche::Scale> scales =
        pastiche::plan_scales({working.width, working.height}, {whole->width, whole->height}, values.steps, values.scales);
    const auto finer = std::find_if(scales.begin(), scales.end() - 1, [&](const auto &scale) { return scale.width > whole->width; });
    values.scales = static_cast<int32_t>(scales.end() - finer);
    values.steps = static_cast<int32_t>(finer->steps);
  }
  return Order{.content = std::move(content),
               .styles = here,
               .regions = std::move(regions_here),
               .start = std::move(start),
               .options = std::move(options)};
}

void follow_whole(raster::Pixels &painted, const Part &part, const raster::Pixels &whole) {
  const int width = static_cast<int>(std::ceil(part.width)), height = static_cast<int>(std::ceil(part.height));
  if (painted.width <= width || painted.height <= height)
    return;
  const raster::Pixels wanted = enlarge(whole, part, painted.width, painted.height);
  const raster::Pixels small = reduce(painted, width, height);
  const raster::Pixels had = enlarge(small, {0, 0, static_cast<double>(width), static_cast<double>(height)}, painted.width, painted.height);
  for (size_t i = 0; i < painted.rgba.size(); ++i)
    if (i % 4 != 3)
      painted.rgba[i] = std::clamp(painted.rgba[i] + wanted.rgba[i] - had.rgba[i], 0.0f, 1.0f);
}

} // namespace plugin
