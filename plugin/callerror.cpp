// SPDX-License-Identifier: GPL-3.0-or-later
#include "callerror.h"

#include <cstdarg>
#include <new>

#include "base/i18n.h"

namespace plugin {

std::string reason_of(const std::exception &exception) {
  if (dynamic_cast<const std::bad_alloc *>(&exception))
    return _("There is not enough memory for this picture; paint a smaller selection of it.");
  return exception.what();
}

void refuse_call(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw CallError(GIMP_PDB_CALLING_ERROR, sentence);
}

void fail_execution(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw CallError(GIMP_PDB_EXECUTION_ERROR, sentence);
}

} // namespace plugin
