// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace models {

// A model cannot be had, kept or read. what() is one translated sentence a user can act on.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Stopped by whoever asked for it.
struct Cancelled : std::exception {
  const char *what() const noexcept override { return "cancelled"; }
};

} // namespace models
