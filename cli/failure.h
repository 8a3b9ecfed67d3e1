// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>

namespace cli {

// Typed wrongly; what() is one translated sentence.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Something went wrong that is not the command line's fault; what() is one translated sentence.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// There is too little memory for a picture; there may be enough when others are not painted at the same time.
struct OutOfMemory : Failure {
  using Failure::Failure;
};

} // namespace cli
