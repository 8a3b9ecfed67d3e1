// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <string>
#include <vector>

#include "painter.h"
#include "plot/losses.h"

namespace plugin {

// A widget with the curves of the losses, in the colours of the theme.
class LossPlot {
public:
  LossPlot(int least_width, int least_height);
  ~LossPlot();
  LossPlot(const LossPlot &) = delete;
  LossPlot &operator=(const LossPlot &) = delete;

  GtkWidget *widget() const { return widget_; } // belongs to the container it is put into

  void add(const std::vector<Step> &steps);
  void clear();

  // Writes the curves as a picture, .svg or .png, or the losses as a table, .csv; the name's ending says which. The file appears when it
  // is whole. Throws CallError.
  void save(const std::string &path) const;

private:
  void draw(cairo_t *cairo) const;

  GtkWidget *widget_;
  std::vector<plot::StepLosses> steps_;
};

} // namespace plugin
