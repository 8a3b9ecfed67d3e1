// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace pastiche {

// Waits until a file, or a folder, is on the disk. What is renamed before that can after a power cut be an empty file in the place of a
// good one. Some file systems cannot be asked to, and are trusted. Returns false, with errno, when it could not be put there, as on a full
// disk.
bool make_durable(const std::filesystem::path &path);

} // namespace pastiche
