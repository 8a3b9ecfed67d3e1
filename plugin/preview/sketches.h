// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>

#include "core/pastiche.h"
#include "raster/pixels.h"

namespace plugin {

// Small pictures of what the painting would be with other settings. Somebody else paints them, when there is nothing else to paint.
class Sketches {
public:
  virtual ~Sketches() = default;

  virtual void grow_stale() = 0; // an argument has changed; the pictures are still there, but pale

  // The number of one whose picture is to be painted; nothing: all are.
  virtual std::optional<size_t> next() const = 0;
  virtual void vary(size_t number, pastiche_options &options) const = 0;
  virtual void show(size_t number, const raster::Pixels *painted) = 0; // null: it cannot be painted
};

} // namespace plugin
