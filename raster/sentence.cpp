// SPDX-License-Identifier: GPL-3.0-or-later
#include "sentence.h"

#include <glib.h>

namespace raster {

std::string shown(const std::string &path) {
  char *text = g_filename_display_name(path.c_str());
  const std::string name = text;
  g_free(text);
  return name;
}

} // namespace raster
