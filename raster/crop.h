// SPDX-License-Identifier: GPL-3.0-or-later
// A rectangle of a picture, in pixels of the picture as it is seen.
#pragma once

#include <optional>
#include <string>

namespace raster {

struct Crop {
  int x, y, width, height;
  bool operator==(const Crop &) const = default;
};

// As it is typed: "X,Y,WIDTH,HEIGHT"; nothing where it is no such thing, or empty.
std::optional<Crop> crop_in(const std::string &text);
std::string text_of(const Crop &crop);

// Throws pastiche::Failure when it does not lie within a picture of this name and size.
void check_within(const Crop &crop, int width, int height, const std::string &name);

} // namespace raster
