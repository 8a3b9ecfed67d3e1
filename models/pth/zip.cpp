// SPDX-License-Identifier: GPL-3.0-or-later
#include "zip.h"

#include <cstdint>
#include <cstring>

#include "base/i18n.h"
#include "base/tensorindex.h"

namespace models {
namespace {

using pastiche::Damage;
using Bytes = std::span<const std::byte>;

constexpr uint32_t local_header = 0x04034b50, directory_entry = 0x02014b50, directory_end = 0x06054b50, directory_end64 = 0x06064b50,
                   directory_end64_locator = 0x07064b50;
constexpr size_t local_header_bytes = 30, directory_entry_bytes = 46, directory_end_bytes = 22, directory_end64_bytes = 56,
                 locator_bytes = 20;
constexpr uint16_t zip64_field = 1;
constexpr size_t longest_comment = 65535;

Bytes part(Bytes bytes, uint64_t offset, uint64_t length) {
  if (offset > bytes.size() || length > bytes.size() - offset)
    throw Damage(_("its directory points outside of it"));
  return bytes.subspan(offset, length);
}

template <class Number> Number number_at(Bytes bytes, uint64_t offset) {
  Number number;
  std::memcpy(&number, part(bytes, offset, sizeof number).data(), sizeof number);
  return number;
}

// Where the directory is.
struct Directory {
  uint64_t begin, bytes;
};

Directory directory_of(Bytes file) {
  for (size_t back = directory_end_bytes; back <= file.size() && back <= directory_end_bytes + longest_comment; ++back) {
    const Bytes end = file.subspan(file.size() - back);
    if (number_at<uint32_t>(end, 0) != directory_end)
      continue;
    Directory directory{number_at<uint32_t>(end, 16), number_at<uint32_t>(end, 12)};
    if (directory.begin == UINT32_MAX || directory.bytes == UINT32_MAX) {
      if (file.size() - back < locator_bytes)
        break;
      const Bytes locator = file.subspan(file.size() - back - locator_bytes, locator_bytes);
      if (number_at<uint32_t>(locator, 0) != directory_end64_locator)
        break;
      const Bytes end64 = part(file, number_at<uint64_t>(locator, 8), directory_end64_bytes);
      if (number_at<uint32_t>(end64, 0) != directory_end64)
        break;
      directory = {number_at<uint64_t>(end64, 48), number_at<uint64_t>(end64, 40)};
    }
    return directory;
  }
  throw Damage(_("its directory is missing"));
}

} // namespace

std::map<std::string, Bytes> zip_entries(Bytes file) {
  const Directory where = directory_of(file);
  const Bytes directory = part(file, where.begin, where.bytes);
  std::map<std::string, Bytes> entries;
  for (uint64_t at = 0; at < directory.size();) {
    const Bytes entry = part(directory, at, directory_entry_bytes);
    if (number_at<uint32_t>(entry, 0) != directory_entry)
      throw Damage(_("its directory is broken"));
    const uint16_t flags = number_at<uint16_t>(entry, 8), method = number_at<uint16_t>(entry, 10);
    const uint16_t name_bytes = number_at<uint16_t>(entry, 28), extra_bytes = number_at<uint16_t>(entry, 30),
                   comment_bytes = number_at<uint16_t>(entry, 32);
    uint64_t stored = number_at<uint32_t>(entry, 20), size = number_at<uint32_t>(entry, 24), header = number_at<uint32_t>(entry, 42);
    const Bytes name = part(directory, at + directory_entry_bytes, name_bytes);
    const Bytes extra = part(directory, at + directory_entry_bytes + name_bytes, extra_bytes);
    // Numbers that do not fit stand in a field of their own, those that do are left out of it.
    for (uint64_t field = 0; field + 4 <= extra.size();) {
      const Bytes content = part(extra, field + 4, number_at<uint16_t>(extra, field + 2));
      if (number_at<uint16_t>(extra, field) == zip64_field) {
        uint64_t next = 0;
        for (uint64_t *number : {&size, &stored, &header})
          if (*number == UINT32_MAX) {
            *number = number_at<uint64_t>(content, next);
            next += sizeof *number;
          }
      }
      field += 4 + content.size();
    }
    if (method != 0 || (flags & 1) || stored != size)
      throw Damage(_("it is compressed or encrypted"));
    const Bytes local = part(file, header, local_header_bytes);
    if (number_at<uint32_t>(local, 0) != local_header)
      throw Damage(_("its directory is broken"));
    const uint64_t names_bytes = uint64_t{number_at<uint16_t>(local, 26)} + number_at<uint16_t>(local, 28);
    entries.emplace(std::string(reinterpret_cast<const char *>(name.data()), name.size()),
                    part(file, header + local_header_bytes + names_bytes, size));
    at += directory_entry_bytes + name_bytes + extra_bytes + comment_bytes;
  }
  return entries;
}

} // namespace models
