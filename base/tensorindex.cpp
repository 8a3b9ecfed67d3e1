// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensorindex.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "i18n.h"

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian and read as they are");

namespace pastiche {
namespace {

using nlohmann::json;

constexpr size_t most_dimensions = 8;

uint64_t bytes_per_element(const std::string &type) {
  static const std::map<std::string, uint64_t> sizes{{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                                     {"U16", 2},  {"I16", 2}, {"F16", 2}, {"BF16", 2},    {"U32", 4},
                                                     {"I32", 4},  {"F32", 4}, {"U64", 8}, {"I64", 8},     {"F64", 8}};
  const auto found = sizes.find(type);
  return found == sizes.end() ? 0 : found->second;
}

// JSON lets a name stand twice; the format does not, and the second would hide the first from the checks.
json parse_header(std::string_view text) {
  std::set<std::string> names;
  bool repeated = false;
  json header = json::parse(
      text,
      [&](int depth, json::parse_event_t event, json &value) {
        if (depth == 1 && event == json::parse_event_t::key)
          repeated |= !names.insert(value.get<std::string>()).second;
        return depth < 8; // deeper values are dropped, and then miss or fail below
      },
      false);
  return repeated ? json() : header;
}

TensorIndex::Entry entry_in(const json &value, uint64_t data_start, uint64_t data_bytes) {
  const auto type = value.find("dtype"), shape = value.find("shape"), offsets = value.find("data_offsets");
  if (type == value.end() || !type->is_string() || shape == value.end() || !shape->is_array() || offsets == value.end() ||
      !offsets->is_array() || offsets->size() != 2)
    throw Damage(_("a tensor lacks its type, shape or offsets"));
  TensorIndex::Entry entry;
  entry.type = type->get<std::string>();
  uint64_t bytes = bytes_per_element(entry.type);
  if (bytes == 0)
    throw Damage(_("a tensor has an unknown type"));
  if (shape->size() > most_dimensions)
    throw Damage(_("a tensor has too many dimensions"));
  // An empty tensor has no bytes to compare with, but sides that would overflow whoever multiplies them.
  uint64_t bytes_without_zeros = bytes;
  for (const json &side : *shape) {
    const uint64_t length = side.is_number_unsigned() ? side.get<uint64_t>() : UINT64_MAX;
    if (length > INT64_MAX || __builtin_mul_overflow(bytes_without_zeros, std::max<uint64_t>(length, 1), &bytes_without_zeros) ||
        bytes_without_zeros > INT64_MAX)
      throw Damage(_("a tensor has an impossible shape"));
    bytes *= length;
    entry.shape.push_back(static_cast<int64_t>(length));
  }
  if (!(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned())
    throw Damage(_("a tensor has impossible offsets"));
  const auto begin = (*offsets)[0].get<uint64_t>(), end = (*offsets)[1].get<uint64_t>();
  if (begin > end || end > data_bytes)
    throw Damage(_("a tensor lies outside the file"));
  if (end - begin != bytes)
    throw Damage(_("a tensor's length does not fit its shape"));
  entry.begin = data_start + begin;
  entry.end = data_start + end;
  return entry;
}

} // namespace

uint64_t TensorIndex::data_start(std::span<const std::byte> start, uint64_t file_bytes) {
  uint64_t header_bytes = 0;
  if (file_bytes < length_bytes || start.size() < length_bytes)
    throw Damage(_("shorter than a header"));
  std::memcpy(&header_bytes, start.data(), length_bytes);
  if (header_bytes > max_header_bytes || header_bytes > file_bytes - length_bytes)
    throw Damage(_("the header's length is wrong"));
  return length_bytes + header_bytes;
}

void refuse_stand_in(std::span<const std::byte> file) {
  std::string begin(reinterpret_cast<const char *>(file.data()), std::min<size_t>(file.size(), 256));
  begin.erase(0, begin.find_first_not_of(" \t\r\n\xEF\xBB\xBF"));
  std::ranges::transform(begin, begin.begin(),
                         [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
  if (begin.starts_with("version https://git-lfs"))
    throw Damage(_("it is only Git LFS's pointer to the file; “git lfs pull” gets the file itself"));
  if (begin.starts_with("<!doctype html") || begin.starts_with("<html"))
    throw Damage(_("it is a web page; download the file itself"));
}

TensorIndex::TensorIndex(std::span<const std::byte> start, uint64_t file_bytes) {
  refuse_stand_in(start);
  const uint64_t data = data_start(start, file_bytes);
  if (start.size() < data)
    throw Damage(_("the header is cut off"));
  const json header = parse_header({reinterpret_cast<const char *>(start.data()) + length_bytes, data - length_bytes});
  if (!header.is_object())
    throw Damage(_("the header is not a JSON object"));
  for (const auto &[name, value] : header.items()) {
    if (!value.is_object())
      throw Damage(_("an entry of the header is not an object"));
    if (name == "__metadata__") {
      for (const auto &[key, word] : value.items()) {
        if (!word.is_string())
          throw Damage(_("a metadata entry is not text"));
        metadata_[key] = word.get<std::string>();
      }
      continue;
    }
    entries_.emplace(name, entry_in(value, data, file_bytes - data));
  }

  std::vector<std::array<uint64_t, 2>> ranges;
  for (const auto &[name, entry] : entries_)
    ranges.push_back({entry.begin, entry.end});
  std::ranges::sort(ranges);
  uint64_t covered = data;
  for (const auto &[begin, end] : ranges) {
    if (begin != covered)
      throw Damage(_("tensors overlap or leave gaps"));
    covered = end;
  }
  if (covered != file_bytes)
    throw Damage(_("tensors do not fill the file"));
}

} // namespace pastiche
