// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace batch {

// A path as a report has it, in UTF-8 whatever its name is made of: what is none stands as \xE9 in it, and then two backslashes for one, so
// that different paths stay different.
std::string path_in_json(const std::string &path);

} // namespace batch
