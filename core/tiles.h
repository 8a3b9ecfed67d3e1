// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in tiles, so that what the encoder keeps fits into a given memory. Every tile sees a margin around the part that it owns. With
// a margin as wide as features depend on pixels, the features of that part are those of the whole picture, and what the tiles' gradients
// add up to is its gradient (Galerne, Raad, Lezama, Morel 2022, "Scaling painting style transfer", section 4).
#pragma once

#include <cstdint>
#include <vector>

namespace pastiche {

struct Rectangle {
  int64_t left, top, width, height;

  int64_t right() const { return left + width; }
  int64_t bottom() const { return top + height; }
  int64_t area() const { return width * height; }
  bool operator==(const Rectangle &) const = default;
};

struct Tile {
  Rectangle own;  // the tiles' own parts cover the picture once
  Rectangle seen; // with the margin, as far as the picture goes

  // The own part in a feature map of what is seen, of the given size in pixels.
  Rectangle own_at(int64_t stride, int64_t map_width, int64_t map_height) const;
};

// Cuts a picture into the tiles that look at the fewest pixels in all, none seeing more than `most_pixels`. The edges between them lie at
// multiples of `stride`, the coarsest of the encoder, and `margin` is rounded up to one. Empty when even the smallest tiles see too much.
std::vector<Tile> cut_tiles(int64_t width, int64_t height, int64_t stride, int64_t margin, double most_pixels);

} // namespace pastiche
