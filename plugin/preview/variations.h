// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <array>

#include "sketches.h"

namespace plugin {

// What the painting would be with another strength or style scale; a click on a picture takes over its setting.
class Variations : public Sketches {
public:
  explicit Variations(GimpProcedureConfig *config);
  ~Variations() override;
  Variations(const Variations &) = delete;
  Variations &operator=(const Variations &) = delete;

  GtkWidget *widget() const { return box_; }

  void grow_stale() override;
  std::optional<size_t> next() const override;
  void vary(size_t number, pastiche_options &options) const override;
  void show(size_t number, const raster::Pixels *painted) override;

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
