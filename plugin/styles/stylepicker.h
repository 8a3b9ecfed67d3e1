// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chosenstyles.h"
#include "croppicture.h"
#include "drawablebox.h"
#include "stylegrid.h"

namespace plugin {

// Chooses the styles: from the grid, with a file chooser, by dropping files on it, or from a layer; up to four of them, one of which is
// selected and shown large.
class StylePicker {
public:
  StylePicker(GimpProcedureConfig *config, const ChosenStyles &styles);
  ~StylePicker();
  StylePicker(const StylePicker &) = delete;
  StylePicker &operator=(const StylePicker &) = delete;

  GtkWidget *widget() const { return box_; }

  void update();         // a picture was read
  void list_drawables(); // what is open may have changed
  void remember() const; // puts the styles that are chosen at the head of the recent ones

private:
  GtkWidget *make_button(const char *label, const char *tip, void (*clicked)(GtkButton *, StylePicker *));
  void accept_drops();
  void choose_first(); // a file, when the arguments name none and no layer
  void choose_file(int number, GFile *file);
  void choose_drawable(GimpDrawable *drawable);              // null: the file
  void choose_part(const std::optional<raster::Crop> &part); // nothing: all of the picture
  void open();
  void choose_from_museum();
  void add();
  void remove(int number);
  void select(int number);
  void notice(const char *argument);
  void update_rows();
  void update_selected();
  GtkWidget *make_row(int number);
  bool listed(int number) const { return number == added_ || is_chosen(config_, number); }

  GimpProcedureConfig *config_;
  const ChosenStyles &styles_;
  int selected_ = 1;
  int added_ = 0; // a style that has no picture yet; 0: none
  GtkWidget *box_, *hint_, *part_, *part_row_, *add_, *rows_;
  // Of the selected style.
  CropPicture picture_;
  std::unique_ptr<DrawableBox> layer_, region_;
  std::unique_ptr<StyleGrid> grid_;
};

} // namespace plugin
