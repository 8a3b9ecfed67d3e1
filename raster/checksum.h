// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace raster {

// The SHA-256 of a file's bytes as 64 hexadecimal digits; empty when the file cannot be read. Reads all of it; for any thread.
std::string sha256_of_file(const std::string &path);

// The same of a text.
std::string sha256_of(const std::string &text);

} // namespace raster
