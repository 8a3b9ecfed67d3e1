// SPDX-License-Identifier: GPL-3.0-or-later
// What has arrived of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace models {

// A hidden file beside what it will become that is filled from its beginning to its end, perhaps with holes, so that its length tells where
// to go on. Only one process at a time can have one of a name.
class PartialFile {
public:
  // In `folder`, which is made; `name` is a file's, and `identity` tells apart what must not be mixed. Others of the same name are deleted.
  // Throws Failure, also when another process has one of them.
  PartialFile(const std::string &folder, const std::string &name, const std::string &identity);
  ~PartialFile();
  PartialFile(const PartialFile &) = delete;
  PartialFile &operator=(const PartialFile &) = delete;

  const std::string &path() const { return path_; }
  uint64_t length() const { return length_; }

  // Bytes between the end of the file and `offset` become a hole. Throws Failure.
  void write(uint64_t offset, std::span<const std::byte> bytes);

  void empty();

  // Nobody will go on with it.
  void discard();

private:
  std::string path_;
  int descriptor_ = -1;
  uint64_t length_ = 0;
};

} // namespace models
