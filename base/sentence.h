// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "i18n.h"

namespace pastiche {

// A file's name as it can be shown in a sentence: UTF-8, whatever the file system's encoding is.
std::string shown(const std::string &path);

// A stranger's text as it can be printed: UTF-8, and nothing in it that would steer a terminal.
std::string printable(const std::string &text);

// A number of bytes with its unit, such as 80.1 MB.
std::string shown_size(uint64_t bytes);

// “a, b, c”, as the user's language joins a list.
std::string listed(const std::vector<std::string> &members);

} // namespace pastiche
