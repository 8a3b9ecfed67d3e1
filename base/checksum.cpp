// SPDX-License-Identifier: GPL-3.0-or-later
#include "checksum.h"

#include <cstdio>
#include <vector>

namespace pastiche {

std::string sha256(std::span<const std::byte> bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hexadecimal();
}

std::string sha256_of_file(const std::string &path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return {};
  Sha256 sum;
  std::vector<std::byte> block(1 << 16);
  while (const size_t read = std::fread(block.data(), 1, block.size(), file.get()))
    sum.add(std::span(block).first(read));
  return std::ferror(file.get()) ? "" : sum.hexadecimal();
}

} // namespace pastiche
