// SPDX-License-Identifier: GPL-3.0-or-later
#include "png.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace raster {
namespace {

constexpr size_t signature_bytes = 8;
constexpr size_t frame_bytes = 12; // of a chunk around its data: length, name, checksum

struct Chunk {
  uint64_t length; // of the data
  std::array<char, 4> name;

  bool is(const char *other) const { return std::memcmp(name.data(), other, name.size()) == 0; }
};

Chunk parse(const char *head) {
  Chunk chunk{};
  for (int i = 0; i < 4; i++)
    chunk.length = chunk.length << 8 | static_cast<unsigned char>(head[i]);
  std::memcpy(chunk.name.data(), head + 4, chunk.name.size());
  return chunk;
}

} // namespace

bool png_is_whole(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const uint64_t bytes = file ? static_cast<uint64_t>(file.tellg()) : 0;
  uint64_t at = signature_bytes;
  while (at + frame_bytes <= bytes) {
    char head[8];
    file.seekg(static_cast<std::streamoff>(at));
    if (!file.read(head, sizeof head))
      return false;
    const Chunk chunk = parse(head);
    at += frame_bytes + chunk.length;
    if (chunk.is("IEND"))
      return at <= bytes;
  }
  return false;
}

bool drop_gamma_beside_profile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  size_t gamma = 0;
  bool has_profile = false;
  for (size_t at = signature_bytes; at + frame_bytes <= bytes.size();) {
    const Chunk chunk = parse(bytes.data() + at);
    if (chunk.is("IDAT"))
      break; // both stand before the pixels
    if (chunk.is("gAMA"))
      gamma = at;
    has_profile |= chunk.is("iCCP");
    at += frame_bytes + chunk.length;
  }
  if (!gamma || !has_profile)
    return true;
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(gamma);
  bytes.erase(first, first + static_cast<std::ptrdiff_t>(frame_bytes + 4));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return !out.fail();
}

} // namespace raster
