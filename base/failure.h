// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace pastiche {

// Something that was asked for cannot be done, through no fault of the program. what() is one translated sentence that a user can act on.
// Those who must tell more, such as the core's status, derive from it.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace pastiche
