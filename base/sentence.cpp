// SPDX-License-Identifier: GPL-3.0-or-later
#include "sentence.h"

#include <glib.h>

namespace pastiche {

std::string shown(const std::string &path) {
  g_autofree char *text = g_filename_display_name(path.c_str());
  return text;
}

std::string printable(const std::string &text) {
  g_autofree char *valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string clean;
  for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
    if (g_unichar_iscntrl(g_utf8_get_char(at)))
      clean += "\uFFFD";
    else
      clean.append(at, g_utf8_next_char(at));
  }
  return clean;
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
