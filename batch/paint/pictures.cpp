// SPDX-License-Identifier: GPL-3.0-or-later
#include "pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "motion.h"

namespace batch {
namespace {

using pastiche::Failure;

// The core shows the network a style of the content's area, times the style scale; twice that side leaves its filter enough to
// work with, and a style straight from a camera does not fill the memory.
int longest_style_side(int content_side, double style_scale) {
  return static_cast<int>(std::lround(2 * std::max(content_side, 256) * std::max(1.0, style_scale)));
}

// Not only empty: a vector keeps its memory until it is gone.
void drop(std::vector<float> &values) { std::vector<float>().swap(values); }

} // namespace

// No more than GEGL's buffers is used; its operations would bring a hundred libraries along, which takes longer than decoding a photograph.
// The variable is read here alone, and what is started from here is not to find it.
Gegl::Gegl() {
  const bool named = std::getenv("GEGL_PATH");
  if (!named)
    setenv("GEGL_PATH", "/nonexistent", 1);
  gegl_init(nullptr, nullptr);
  if (!named)
    unsetenv("GEGL_PATH");
}

Pictures::Pictures(const Painting &painting, Extent extent) {
  const auto read = [&](const std::string &path, int longest_side, double overview_side = 0, const std::optional<raster::Crop> &crop = {}) {
    raster::Picture picture;
    if (extent == Extent::sizes) {
      const raster::Size size = raster::size_of(path, longest_side, crop);
      picture.pixels = {size.width, size.height, {}};
    } else {
      picture = raster::load(path, longest_side, overview_side, crop);
      if (overview_side > 0)
        overviews.push_back(std::move(picture.overview));
    }
    notes.insert(notes.end(), picture.notes.begin(), picture.notes.end());
    return picture;
  };

  content = read(painting.content, painting.options.size, PASTICHE_OVERVIEW_SIDE);
  const int side = std::max(content.pixels.width, content.pixels.height);
  for (const Style &style : painting.styles) {
    styles.push_back(read(style.picture, longest_style_side(side, painting.options.style_scale),
                          PASTICHE_OVERVIEW_SIDE * std::max(1.0, painting.options.style_scale), style.crop)
                         .pixels);
    masks.emplace_back();
    if (!style.mask.empty())
      masks.back() = mask_of(read(style.mask, side).pixels);
  }
  if (!painting.start_image.empty())
    start = read(painting.start_image, side).pixels;
  if (!painting.start_content.empty()) {
    const raster::Pixels before = read(painting.start_content, painting.options.size).pixels;
    const auto same_size = [&](const raster::Pixels &other) {
      return other.width == content.pixels.width && other.height == content.pixels.height;
    };
    if (!same_size(before) || !same_size(*start))
      throw Failure(pastiche::sentence(_("“%s”, “%s” and the content must have the same size, so that what moves can be found."),
                                       pastiche::shown(painting.start_image).c_str(), pastiche::shown(painting.start_content).c_str()));
    if (extent == Extent::whole)
      start = motion().moved(*start, before, content.pixels);
  }
}

void Pictures::drop_content() { drop(content.pixels.rgba); }

void Pictures::drop_others() {
  for (raster::Pixels &style : styles)
    drop(style.rgba);
  for (raster::Pixels &overview : overviews)
    drop(overview.rgba);
  for (std::optional<raster::Mask> &mask : masks)
    if (mask)
      drop(mask->values);
  if (start)
    drop(start->rgba);
}

} // namespace batch
