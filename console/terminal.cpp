// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <glib.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

std::optional<int> terminal_columns(int descriptor) {
  if (!isatty(descriptor))
    return {};
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int columns_of(const std::string &text) {
  int columns = 0;
  for (const char *at = text.c_str(); *at; at = g_utf8_next_char(at))
    columns += g_unichar_iszerowidth(g_utf8_get_char(at)) ? 0 : g_unichar_iswide(g_utf8_get_char(at)) ? 2 : 1;
  return columns;
}

} // namespace cli
