// SPDX-License-Identifier: GPL-3.0-or-later
#include "failure.h"

#include <cstdarg>

#include "core/i18n.h"

namespace plugin {

void refuse_call(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw Failure(GIMP_PDB_CALLING_ERROR, sentence);
}

void fail_execution(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = pastiche::vsentence(format, arguments);
  va_end(arguments);
  throw Failure(GIMP_PDB_EXECUTION_ERROR, sentence);
}

} // namespace plugin
