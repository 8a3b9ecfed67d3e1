// SPDX-License-Identifier: GPL-3.0-or-later
// The selection as it was when painting began, which the user may have changed since.
#pragma once

#include <libgimp/gimp.h>

#include "layers.h"

namespace plugin {

// Of each pixel of the drawable's part `area` how much is selected; null when nothing is, which stands for everything.
raster::Ref<GeglBuffer> read_selection(GimpDrawable *drawable, const GeglRectangle &area);

// Whether what was selected of the layer lies within the image, outside of which nothing can be selected.
bool can_be_selected(GimpImage *image, const Layer &layer);

// While it lives, of the layer is selected what was selected when painting began, wherever the layer lies now. Changes nothing where that
// is still so. Belongs into an undo group.
class StartSelection {
public:
  StartSelection(GimpImage *image, const Layer &layer);
  ~StartSelection();
  StartSelection(const StartSelection &) = delete;
  StartSelection &operator=(const StartSelection &) = delete;

private:
  GimpImage *image_;
  bool replaces_;
  GimpChannel *replaced_ = nullptr; // the user's selection; null: none
};

} // namespace plugin
