// SPDX-License-Identifier: GPL-3.0-or-later
#include "sentence.h"

#include <glib.h>

namespace pastiche {

std::string shown(const std::string &path) {
  g_autofree char *text = g_filename_display_name(path.c_str());
  return text;
}

std::string shown_size(uint64_t bytes) {
  g_autofree char *text = g_format_size(bytes);
  return text;
}

std::string listed(const std::vector<std::string> &members) {
  std::string text;
  for (const std::string &member : members)
    // Translators: between the members of a list.
    text += (text.empty() ? "" : _(", ")) + member;
  return text;
}

} // namespace pastiche
