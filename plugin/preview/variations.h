// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <array>
#include <optional>

#include "core/pastiche.h"
#include "raster/pixels.h"

namespace plugin {

// Small pictures of what the painting would be with another strength or style scale, each of which takes over its setting when it is
// clicked. Somebody else paints them.
class Variations {
public:
  explicit Variations(GimpProcedureConfig *config);
  ~Variations();
  Variations(const Variations &) = delete;
  Variations &operator=(const Variations &) = delete;

  GtkWidget *widget() const { return box_; }

  void grow_stale(); // an argument has changed; the pictures are still there, but pale

  // The number of one whose picture is to be painted; nothing: all are.
  std::optional<size_t> next() const;
  void vary(size_t number, pastiche_options &options) const;
  void show(size_t number, const raster::Pixels *painted); // null: it cannot be painted

private:
  struct Variation {
    GtkWidget *button, *picture;
    bool stale;
  };
  bool is_other(size_t number) const; // than what the arguments say

  GimpProcedureConfig *config_;
  GtkWidget *box_;
  std::array<Variation, 4> variations_{};
};

} // namespace plugin
