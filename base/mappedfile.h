// SPDX-License-Identifier: GPL-3.0-or-later
// A file's bytes as memory. Does not need LibTorch.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace pastiche {

// Maps a whole file for reading, privately: nothing is copied, and pages that nobody looks at are never read. The file must not be made
// shorter while it is mapped; whoever replaces one renames another file into its place.
class MappedFile {
public:
  // Throws Failure when there is no such file, it is a folder or device, or it may not be read.
  explicit MappedFile(const std::filesystem::path &path);
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

private:
  std::span<const std::byte> bytes_;
};

} // namespace pastiche
