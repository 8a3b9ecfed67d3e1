// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

#include <exception>

namespace plugin {

// For callbacks from C: what `work` throws is told on stderr and goes no further.
template <class Work> void shielded(const Work &work) noexcept {
  try {
    work();
  } catch (const std::exception &failure) {
    g_warning("%s", failure.what());
  }
}

} // namespace plugin
