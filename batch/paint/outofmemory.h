// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/failure.h"

namespace batch {

// There is too little memory for a picture; there may be enough when others are not painted at the same time.
struct OutOfMemory : pastiche::Failure {
  using Failure::Failure;
};

} // namespace batch
