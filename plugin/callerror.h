// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

#include <functional>
#include <string>

#include "base/failure.h"

namespace plugin {

// Why a call cannot go on: a translated sentence for the user, and whether the call itself was wrong or its execution
// failed. Becomes a GError where the procedure returns.
class CallError : public pastiche::Failure {
public:
  CallError(GimpPDBStatusType status, const std::string &sentence) : Failure(sentence), status_(status) {}
  GimpPDBStatusType status() const { return status_; }

private:
  GimpPDBStatusType status_;
};

// What to tell the user of an exception of any kind.
std::string reason_of(const std::exception &exception);

// A procedure's run: calls `work`, which returns false when the user cancelled. No C++ exception may reach libgimp. Where a user sits
// before the screen, a failure is shown in a message, and GIMP is only told that there was one; else GIMP gets the sentence.
GimpValueArray *guarded(GimpProcedure *procedure, GimpRunMode run_mode, const std::function<bool()> &work);

// The sentence as printf puts it together.
[[noreturn]] void refuse_call(const char *format, ...) G_GNUC_PRINTF(1, 2);
[[noreturn]] void fail_execution(const char *format, ...) G_GNUC_PRINTF(1, 2);

} // namespace plugin
