// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace batch {

// The text with something else in every place of `what`, which is not empty.
inline std::string replaced(std::string text, const std::string &what, const std::string &by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

} // namespace batch
