// SPDX-License-Identifier: GPL-3.0-or-later
// The one error type of the core. It is turned into a status and a sentence in pastiche.cpp, once.
#pragma once

#include <stdexcept>
#include <string>

#include "i18n.h"
#include "pastiche.h"

namespace pastiche {

class Error : public std::runtime_error {
public:
  // `sentence` is translated and says what a user can do about it.
  Error(pastiche_status status, const std::string &sentence) : std::runtime_error(sentence), status_(status) {}

  pastiche_status status() const { return status_; }

private:
  pastiche_status status_;
};

} // namespace pastiche
