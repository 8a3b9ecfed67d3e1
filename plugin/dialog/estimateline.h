// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtk/gtk.h>
#include <libgimp/gimp.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/pastiche.h"
#include "plugin/layers/layers.h"
#include "plugin/styles/chosenstyles.h"

namespace plugin {

// One line that tells how long the painting will take, and how much memory. The core measures on another thread.
class EstimateLine {
public:
  // `ended` is called from the main loop when the core has told.
  EstimateLine(GimpProcedureConfig *config, const std::vector<Layer> &layers, const ChosenStyles &styles, std::function<void()> ended);
  ~EstimateLine(); // waits for the core
  EstimateLine(const EstimateLine &) = delete;
  EstimateLine &operator=(const EstimateLine &) = delete;

  GtkWidget *widget() const { return label_; }

  // Asks the core, unless what it told still holds. Returns whether it is at work.
  bool refresh();

private:
  struct Question;
  void tell();

  GimpProcedureConfig *config_;
  const std::vector<Layer> &layers_;
  const ChosenStyles &styles_;
  std::function<void()> ended_;
  GtkWidget *label_;
  bool stale_ = true;
  std::unique_ptr<Question> question_; // that the core is at work on
  std::thread thread_;
};

} // namespace plugin
