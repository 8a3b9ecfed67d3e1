// SPDX-License-Identifier: GPL-3.0-or-later
// What moves from one frame of a video to the next, by dense optical flow (Kroeger, Timofte, Dai, Van Gool 2016, “Fast Optical Flow using
// Dense Inverse Search”, in OpenCV). On one thread, as more of them change the flow.
// A library of its own, which is opened when frames are painted from one another: OpenCV takes a while to load, and brings OpenMP along,
// which must not be there when the program starts (host/door.cpp).
#pragma once

#include "raster/pixels.h"

namespace batch {

struct Motion {
  // Whether the second frame shows what the first one did, moved: not so after a cut. Two small frames of one size are enough to tell.
  bool (*is_same_scene)(const raster::Pixels &before, const raster::Pixels &now);

  // The painting of the frame `before`, moved to where its parts are in the frame `now`; all of one size. Transparent where `now` shows
  // what was out of sight.
  raster::Pixels (*moved)(const raster::Pixels &painting, const raster::Pixels &before, const raster::Pixels &now);
};

// Throws pastiche::Failure when the library cannot be opened.
const Motion &motion();

} // namespace batch

extern "C" __attribute__((visibility("default"))) const batch::Motion pastiche_motion; // what the library has
