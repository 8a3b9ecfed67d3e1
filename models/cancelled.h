// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

namespace models {

// Stopped by whoever asked for it.
struct Cancelled : std::exception {
  const char *what() const noexcept override { return "cancelled"; }
};

} // namespace models
