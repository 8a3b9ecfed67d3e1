// SPDX-License-Identifier: GPL-3.0-or-later
// As much of GIMP's file format as is needed to find what is attached to layers: all versions, see GIMP's devel-docs/xcf.txt.
#pragma once

#include <string>
#include <vector>

namespace cli {

struct Attachment {
  std::string layer; // its name, as the file has it: any bytes
  std::string data;
};

// The parasites called `name` of the layers, topmost layer first. Throws Failure when the file cannot be read, is no XCF file or is
// damaged.
std::vector<Attachment> layer_parasites(const std::string &path, const std::string &name);

} // namespace cli
