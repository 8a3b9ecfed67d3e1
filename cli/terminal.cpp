// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

std::optional<int> terminal_columns(int descriptor) {
  if (!isatty(descriptor))
    return {};
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

} // namespace cli
