// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace raster {

// A picture that cannot be read or written. what() is one translated sentence a user can act on.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace raster
