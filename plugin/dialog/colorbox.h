// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <vector>

#include "plugin/preview/sketches.h"
#include "plugin/preview/surface.h"

namespace plugin {

// The option `color`, each choice with a small picture of what it makes.
class ColorBox : public Sketches {
public:
  explicit ColorBox(GimpProcedureConfig *config);
  ~ColorBox() override;
  ColorBox(const ColorBox &) = delete;
  ColorBox &operator=(const ColorBox &) = delete;

  GtkWidget *widget() const { return box_; } // belongs to the container it is put into; this must outlive it

  void grow_stale() override;
  std::optional<size_t> next() const override;
  void vary(size_t number, pastiche_options &options) const override;
  void show(size_t number, const raster::Pixels *painted) override;

private:
  struct Sketch {
    Surface picture; // null: there is none
    bool stale = true;
  };
  void redraw(size_t number);

  GtkWidget *box_;
  GtkCellRenderer *cell_;        // for the pictures
  std::vector<Sketch> sketches_; // in the order of the choices
};

} // namespace plugin
