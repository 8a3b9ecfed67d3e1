// SPDX-License-Identifier: GPL-3.0-or-later
// The plain border that scans of museums have around a picture: not paint, and so nothing to paint with.
#pragma once

namespace pastiche {

struct Border {
  int left, top, right, bottom; // pixels to leave out on each side
  bool operator==(const Border &) const = default;
};

// The border of a picture of 3×height×width values in 0..1. Careful: a side is left out only where all its rows or columns have one and the
// same colour, black, white or a gray of one tone but for the noise of a scan, and end in an edge along nearly the whole side; and only
// when opposite sides have it, of about the same width, no more than a fifth of the picture each. A dark sky has one side and no edge; a
// drawing on white paper has no edge: neither is cropped. What is left is cut two pixels narrower, for the soft edge of the scan.
Border plain_border(const float *color, int width, int height);

} // namespace pastiche
