// SPDX-License-Identifier: GPL-3.0-or-later
#include "sentence.h"

#include <glib.h>

namespace raster {

std::string shown(const std::string &path) {
  g_autofree char *text = g_filename_display_name(path.c_str());
  return text;
}

std::string shown_size(uint64_t bytes) {
  g_autofree char *text = g_format_size(bytes);
  return text;
}

} // namespace raster
