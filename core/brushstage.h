// SPDX-License-Identifier: GPL-3.0-or-later
// Brush-work (core/brushwork.h) for pictures as tensors, for several styles and their regions.
#pragma once

#include <functional>
#include <vector>

#include <torch/types.h>

#include "brushwork.h"
#include "image.h"
#include "objective.h"

namespace pastiche {

struct BrushStage {
  // As BrushProgress; the frame is 1×3×H×W.
  using Progress = std::function<bool(double done, const std::function<torch::Tensor()> &frame)>;

  torch::Tensor painting;    // 1×3×H×W, the guide, of any size
  torch::Tensor before;      // 1×3×H×W, what it should stay near to, of any size; undefined: nothing
  Image photograph;          // of the result's size
  std::vector<Style> styles; // as they were painted with; regions of any size
  double style_scale;        // as the option has it
  double amount;             // 0..1
  uint64_t seed;
  bool tells_places = false;

  struct Painted {
    torch::Tensor picture; // 1×3×H×W
    // H×W×4: where in the first of the painted styles the paint was found, 0 left and top … 1 right and bottom; 0; 1 where it was painted,
    // else all 0. Undefined: not told, not finished, or nothing was painted.
    torch::Tensor places;
    torch::Tensor fresh; // 1×1×H×W: how much of every pixel is not taken from `before`; undefined: all
  };

  // The painting with paint from the styles: where several are painted, each by its share. Nothing is put where the photograph is
  // transparent or no style is painted. Returns what there is, whole, when `progress` returned false.
  Painted paint(const Progress &progress) const;

  // The most memory that paint() takes for a result of so many pixels, in bytes, its input not counted.
  double bytes(double pixels) const;
};

} // namespace pastiche
