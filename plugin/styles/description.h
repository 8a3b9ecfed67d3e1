// SPDX-License-Identifier: GPL-3.0-or-later
// What a user is told of a style picture.
#pragma once

#include <string>

namespace plugin {

struct Description {
  std::string title;
  std::string tip;      // longer: technique, credit, or where the file is
  std::string found_by; // what a search looks at
};

// One that comes with Pastiche has a title and a technique, a museum's work its credit, any other the name of its file.
Description describe_style(const std::string &uri);

} // namespace plugin
