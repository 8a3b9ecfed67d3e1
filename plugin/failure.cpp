// SPDX-License-Identifier: GPL-3.0-or-later
#include "failure.h"

#include <cstdarg>

namespace plugin {
namespace {

std::string put_together(const char *format, va_list arguments) {
  g_autofree char *sentence = g_strdup_vprintf(format, arguments);
  return sentence;
}

} // namespace

void refuse_call(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = put_together(format, arguments);
  va_end(arguments);
  throw Failure(GIMP_PDB_CALLING_ERROR, sentence);
}

void fail_execution(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string sentence = put_together(format, arguments);
  va_end(arguments);
  throw Failure(GIMP_PDB_EXECUTION_ERROR, sentence);
}

} // namespace plugin
