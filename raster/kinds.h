// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of picture files, by the endings of their names.
#pragma once

#include <optional>
#include <string>

namespace raster {

enum class Kind { png, jpeg, tiff, webp, exr, gif, pnm };

// By the ending of the name, in letters of any case; nothing when no such kind is read.
std::optional<Kind> kind_by_name(const std::string &path);

// Whether the name's ending is that of a picture of a kind that is not read: a camera's raw file, HEIC.
bool is_foreign(const std::string &path);

// The usual ending: ".jpg".
const char *ending_of(Kind kind);

// All but GIF and PNM are written too.
bool is_written(Kind kind);

} // namespace raster
