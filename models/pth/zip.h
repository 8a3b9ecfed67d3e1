// SPDX-License-Identifier: GPL-3.0-or-later
// What lies in a zip file, as far as PyTorch writes them: stored, neither compressed nor encrypted, in one piece.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace models {

// The entries' contents by name, where they lie in `file`; of two of one name, the first. Sizes beyond 4 GiB (zip64) are understood.
// Format: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5. Throws pastiche::Damage.
std::map<std::string, std::span<const std::byte>> zip_entries(std::span<const std::byte> file);

} // namespace models
