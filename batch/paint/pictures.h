// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/painting.h"
#include "raster/picture.h"

namespace batch {

// GEGL, from its start, before there are threads, to its end, which removes what it may have swapped to disk.
struct Gegl {
  Gegl();
  ~Gegl() { gegl_exit(); }
  Gegl(const Gegl &) = delete;
  Gegl &operator=(const Gegl &) = delete;
};

// The pictures that are read for a painting.
struct Pictures {
  enum class Extent { whole, sizes }; // with only their sizes the pictures have no pixels

  // Reads them, none larger than it is of use. Throws pastiche::Failure.
  Pictures(const Painting &painting, Extent extent);

  // Frees the memory of the content's pixels, or of all others'; their sizes stay.
  void drop_content();
  void drop_others();

  raster::Picture content; // at the size that it is painted at
  std::vector<raster::Pixels> styles;
  std::vector<raster::Pixels> overviews;          // of the content and the styles, as pastiche_job has them; none without pixels
  std::vector<std::optional<raster::Mask>> masks; // as many as styles
  std::optional<raster::Pixels> start;
  std::vector<std::string> notes; // translated sentences on what was not as it should be, but could be read
};

} // namespace batch
