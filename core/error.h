// SPDX-License-Identifier: GPL-3.0-or-later
// A failure of the core, with the status that the C interface returns for it; pastiche.cpp does that, once.
#pragma once

#include <string>

#include "base/failure.h"
#include "base/i18n.h"
#include "pastiche.h"

namespace pastiche {

class Error : public Failure {
public:
  // `sentence` is translated and says what a user can do about it.
  Error(pastiche_status status, const std::string &sentence) : Failure(sentence), status_(status) {}

  pastiche_status status() const { return status_; }

private:
  pastiche_status status_;
};

} // namespace pastiche
