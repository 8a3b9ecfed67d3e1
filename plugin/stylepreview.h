// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

namespace plugin {

// Shows the style picture that the arguments name, or in its place the sentence that says what is wrong with it; then
// the dialog cannot be confirmed. Follows the arguments until it is destroyed.
class StylePreview {
public:
  StylePreview(GimpProcedureConfig *config, GtkDialog *dialog);
  ~StylePreview();
  StylePreview(const StylePreview &) = delete;
  StylePreview &operator=(const StylePreview &) = delete;

  GtkWidget *widget() const { return stack_; } // belongs to the container it is put into

private:
  void update();

  GimpProcedureConfig *config_;
  GtkDialog *dialog_;
  GtkWidget *stack_;
  GtkWidget *picture_;
  GtkWidget *sentence_;
};

} // namespace plugin
