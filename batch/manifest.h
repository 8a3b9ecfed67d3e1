// SPDX-License-Identifier: GPL-3.0-or-later
// A list of pictures to paint: a table (CSV) or JSON.
#pragma once

#include <string>
#include <vector>

#include "painting.h"

namespace batch {

struct ManifestRow {
  std::string place; // translated: "line 7", or "entry 7" of a JSON list
  std::vector<Argument> arguments;
};

// "entry 7", translated.
std::string entry_place(size_t number);

// Reads a manifest; its name ends in .csv, .json or .jsonl. What a picture can have are the names of is_of_a_picture(): in a CSV file the
// columns, named in its first line, the same name several times for several styles, and an empty cell, row or column is as if it were not
// there (RFC 4180, UTF-8; separated by commas, or by semicolons, and then 0,5 is 0.5); in a JSON list the members of its objects, with
// lists of as many values for style, weight, mask and style-crop; in a JSONL file one object a line. Values are not looked at. Throws
// Failure when it cannot be read, UsageError with the line when it makes no sense.
std::vector<ManifestRow> read_manifest(const std::string &path);

} // namespace batch
