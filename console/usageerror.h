// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace cli {

// Typed wrongly; what() is one translated sentence.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace cli
