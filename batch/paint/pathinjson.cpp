// SPDX-License-Identifier: GPL-3.0-or-later
#include "pathinjson.h"

#include <glib.h>

#include "base/sentence.h"

namespace batch {

std::string path_in_json(const std::string &path) {
  const char *end = nullptr;
  if (g_utf8_validate(path.c_str(), -1, &end))
    return path;
  std::string text;
  for (const char *at = path.c_str(); *at; g_utf8_validate(at, -1, &end)) {
    for (; at < end; ++at)
      text += *at == '\\' ? std::string("\\\\") : std::string(1, *at);
    if (*at)
      text += pastiche::sentence("\\x%02X", static_cast<unsigned char>(*at++));
  }
  return text;
}

} // namespace batch
