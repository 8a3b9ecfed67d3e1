// SPDX-License-Identifier: GPL-3.0-or-later
// Paint from the style picture itself: patch-based synthesis, guided by what the network has painted (Texler, Fišer, Lukáč, Lu, Shechtman,
// Sýkora 2020), with uniform use of the style (Fišer et al. 2016). The network decides composition and colour; every stroke is a copy.
//
// Coarse to fine: at each level a field of nearest patches is searched (core/patchfield.h) and the picture voted from it (core/votes.h).
// Patches are compared by the paint itself, by the guiding painting against the style blurred alike, and by the photograph's detail
// of luminance against the style's, the latter two more where the photograph has contrast. What the painting has lost of such detail is put
// back into it first. Everything is compared as it is encoded (sRGB with its transfer function), where equal differences look about equal.
#pragma once

#include <functional>
#include <vector>

#include "patchfield.h"

namespace pastiche {

// Not owned. Planes of height×width float32.
struct BrushPicture {
  int width, height;           // 1…65535
  const float *color;          // 3 planes: R, G, B in 0..1, sRGB
  const float *mask = nullptr; // 1 plane, or nullptr: everything. Style: taken from where it is 1. Photograph: painted where it is above 0
};

struct BrushWork {
  BrushPicture painting;   // the guide: any size, of the same shape as the photograph; its mask is not looked at
  BrushPicture photograph; // at the size of the result
  BrushPicture style;      // as large as there is
  double style_scale = 1;  // pixels of the result that a pixel of the style was painted as; where it is above 1, the style keeps its size
  float amount = 1;        // 0: the guide as it is … 1: all paint is the style's
  uint64_t seed = 0;
  // A painting of nearly the same, such as the frame before, moved along the flow: what is painted stays as near to it as the guides allow,
  // and where the painting is still like it, it is kept. Any size, of the same shape; without `color` there is none. Its mask is not looked
  // at.
  BrushPicture before = {0, 0, nullptr};
};

struct BrushResult {
  std::vector<float> picture; // 3×H×W in 0..1, as large as the photograph; the guide, enlarged, where nothing was painted
  bool finished;              // false: was stopped; the picture is whole, but as good only as the time allowed
  // Where in the style, of so many pixels, the paint of every pixel was found; `nowhere` where there is none. Empty when it was not
  // finished or nothing was painted.
  std::vector<Place> places;
  int style_width, style_height;
  // With a picture before: how much of every pixel is not taken from it, 0..1. Else empty.
  std::vector<float> fresh;
};

// Makes the picture as far as it is, like BrushResult's.
using BrushFrame = std::function<std::vector<float>()>;

// How much is done, 0..1. `frame` is there after every round of search but the last, and takes time only when it is called. Return false
// to stop.
using BrushProgress = std::function<bool(double done, const BrushFrame &frame)>;

// The same bytes on any number of threads. Nothing is put where the photograph's mask is 0 nor taken where the style's is below 1, and what
// is there is not looked at. A style that has no room for a single patch leaves the guide as it is.
BrushResult brush_work(const BrushWork &work, const ForEachBand &bands, const BrushProgress &progress = {});

// The most memory that brush_work() takes, in bytes, its result included and its input not.
double brush_work_bytes(double result_pixels, double style_pixels);

} // namespace pastiche
