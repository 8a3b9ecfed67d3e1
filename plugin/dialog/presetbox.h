// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimpui.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ownpresets.h"
#include "raster/pixels.h"

namespace plugin {

// Presets to choose from: the named sets of options (pastiche::presets), which set the options that any of them speaks of and leave the
// others alone, and the user's own, with a menu that saves, removes, exports and imports these.
class PresetBox {
public:
  // `painting`: the preview, for the small picture of a preset that is saved; nothing when there is none.
  PresetBox(GimpProcedureConfig *config, std::function<std::optional<raster::Pixels>()> painting);
  ~PresetBox();
  PresetBox(const PresetBox &) = delete;
  PresetBox &operator=(const PresetBox &) = delete;

  GtkWidget *widget() const { return box_; }

private:
  GtkWidget *make_menu();
  void list(); // all of them, anew
  void choose();
  void show();                          // which one the arguments amount to
  void point_to(const std::string &id); // the arguments are so already
  const OwnPreset *shown_own() const;   // null: another one is shown
  void save();
  void remove();
  void export_shown();
  void import();
  void tell(const std::string &text); // below the box; empty: nothing

  GimpProcedureConfig *config_;
  std::function<std::optional<raster::Pixels>()> painting_;
  GtkListStore *rows_;
  GtkWidget *names_, *box_, *note_;
  GtkWidget *remove_, *export_; // in the menu
  std::vector<OwnPreset> own_;
};

} // namespace plugin
