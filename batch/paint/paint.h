// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "batch/painting.h"

namespace batch {

// Hears how a painting goes on, and may end it.
class Onlooker {
public:
  virtual ~Onlooker() = default;

  // Translated sentences on what was not as it should be, but did no harm.
  virtual void note(const std::vector<std::string> &sentences) = 0;
  // The pictures are read and the painting of so many pixels begins.
  virtual void begin(int width, int height) = 0;
  // After every step; returns whether to go on.
  virtual bool step(const pastiche_step &step) = 0;
  // The painting has ended, by itself or because step() said so; returns whether it is to be written.
  virtual bool finish(bool stopped) = 0;
};

struct Painted {
  bool stopped;
  int width, height;             // pixels
  double seconds;                // all of it, with reading and writing
  nlohmann::ordered_json report; // what --report writes
};

// Paints it and writes its output; GEGL must have been started (Gegl). Throws Failure or
// std::bad_alloc; then nothing is written.
Painted paint(const Painting &painting, Onlooker &onlooker);

nlohmann::ordered_json options_as_json(const pastiche_options &options);
nlohmann::ordered_json as_json(const raster::Crop &crop); // [x, y, width, height]
nlohmann::ordered_json styles_as_json(const std::vector<Style> &styles);

} // namespace batch
