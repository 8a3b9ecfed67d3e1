// SPDX-License-Identifier: GPL-3.0-or-later
#include "i18n.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "ownfile.h"

namespace pastiche {

void bind_translations() {
  const char *folder = std::getenv("PASTICHE_LOCALEDIR");
  bindtextdomain(GETTEXT_PACKAGE, folder ? folder : own_translations().c_str());
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
}

std::string sentence(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const std::string text = vsentence(format, arguments);
  va_end(arguments);
  return text;
}

std::string vsentence(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  std::string text(length < 0 ? 0 : static_cast<size_t>(length), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

std::string reason_of(const std::exception &failure) {
  const auto *of_system = dynamic_cast<const std::system_error *>(&failure);
  return of_system ? of_system->code().message() : failure.what();
}

} // namespace pastiche
