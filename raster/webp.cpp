// SPDX-License-Identifier: GPL-3.0-or-later
#include "webp.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

namespace raster {
namespace {

constexpr std::streamoff head_bytes = 12; // "RIFF", length of what follows, "WEBP"

uint64_t parse_length(const unsigned char *bytes) {
  return uint64_t{bytes[0]} | uint64_t{bytes[1]} << 8 | uint64_t{bytes[2]} << 16 | uint64_t{bytes[3]} << 24;
}

} // namespace

bool webp_is_whole(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto bytes = static_cast<uint64_t>(file.tellg());
  unsigned char head[8];
  file.seekg(0);
  return file.read(reinterpret_cast<char *>(head), sizeof head) && bytes >= sizeof head + parse_length(head + 4);
}

WebpProfile webp_profile(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto bytes = static_cast<uint64_t>(file.tellg());
  file.seekg(head_bytes);
  unsigned char head[8]; // of a chunk: name, length
  while (file.read(reinterpret_cast<char *>(head), sizeof head)) {
    const uint64_t length = parse_length(head + 4);
    if (std::memcmp(head, "ICCP", 4) != 0) {
      file.seekg(static_cast<std::streamoff>(length + length % 2), std::ios::cur);
      continue;
    }
    if (length > bytes)
      return {nullptr, true};
    std::vector<char> profile(length);
    file.read(profile.data(), static_cast<std::streamsize>(length));
    const char *fault = nullptr;
    const Babl *space = babl_space_from_icc(profile.data(), static_cast<int>(length), BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &fault);
    return fault ? WebpProfile{nullptr, true} : WebpProfile{space, !space};
  }
  return {};
}

} // namespace raster
