// SPDX-License-Identifier: GPL-3.0-or-later
#include "safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <set>
#include <system_error>

#include <nlohmann/json.hpp>

#include "error.h"

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian and read as they are");

namespace pastiche {
namespace {

using nlohmann::json;

// Headers of real networks are some kilobytes; this keeps a hostile length from becoming an allocation.
constexpr uint64_t max_header_bytes = 16u << 20;

uint64_t bytes_per_element(const std::string &type) {
  static const std::map<std::string, uint64_t> sizes{{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                                     {"U16", 2},  {"I16", 2}, {"F16", 2}, {"BF16", 2},    {"U32", 4},
                                                     {"I32", 4},  {"F32", 4}, {"U64", 8}, {"I64", 8},     {"F64", 8}};
  const auto found = sizes.find(type);
  return found == sizes.end() ? 0 : found->second;
}

// JSON lets a name stand twice; the format does not, and the second would hide the first from the checks.
json parse_header(const std::string &text) {
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

} // namespace

Safetensors::Safetensors(const std::filesystem::path &path) : path_(path) {
  std::error_code why;
  if (!std::filesystem::is_regular_file(path, why))
    throw Error(PASTICHE_BAD_MODEL, sentence(_("There is no model file “%s”; check the name of the model."), path.c_str()));
  file_.open(path, std::ios::binary);
  const uint64_t file_bytes = std::filesystem::file_size(path, why);
  if (!file_ || why)
    throw Error(PASTICHE_BAD_MODEL, sentence(_("The model file “%s” cannot be read; check its permissions."), path.c_str()));

  uint64_t header_bytes = 0;
  if (file_bytes < sizeof header_bytes || !file_.read(reinterpret_cast<char *>(&header_bytes), sizeof header_bytes))
    fail("shorter than a header");
  if (header_bytes > max_header_bytes || header_bytes > file_bytes - sizeof header_bytes)
    fail("the header's length is wrong");
  std::string text(header_bytes, '\0');
  if (!file_.read(text.data(), static_cast<std::streamsize>(header_bytes)))
    fail("the header is cut off");
  data_start_ = sizeof header_bytes + header_bytes;
  const uint64_t data_bytes = file_bytes - data_start_;

  const json header = parse_header(text);
  if (!header.is_object())
    fail("the header is not a JSON object");
  for (const auto &[name, value] : header.items()) {
    if (!value.is_object())
      fail("an entry of the header is not an object");
    if (name == "__metadata__") {
      for (const auto &[key, word] : value.items()) {
        if (!word.is_string())
          fail("a metadata entry is not text");
        metadata_[key] = word.get<std::string>();
      }
      continue;
    }
    Entry entry;
    const auto type = value.find("dtype"), shape = value.find("shape"), offsets = value.find("data_offsets");
    if (type == value.end() || !type->is_string() || shape == value.end() || !shape->is_array() || offsets == value.end() ||
        !offsets->is_array() || offsets->size() != 2)
      fail("a tensor lacks its type, shape or offsets");
    entry.type = type->get<std::string>();
    uint64_t bytes = bytes_per_element(entry.type);
    if (bytes == 0)
      fail("a tensor has an unknown type");
    if (shape->size() > 8)
      fail("a tensor has too many dimensions");
    for (const json &side : *shape) {
      if (!side.is_number_unsigned() || side.get<uint64_t>() > INT64_MAX || __builtin_mul_overflow(bytes, side.get<uint64_t>(), &bytes))
        fail("a tensor has an impossible shape");
      entry.shape.push_back(side.get<int64_t>());
    }
    if (!(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned())
      fail("a tensor has impossible offsets");
    entry.begin = (*offsets)[0].get<uint64_t>();
    entry.end = (*offsets)[1].get<uint64_t>();
    if (entry.begin > entry.end || entry.end > data_bytes)
      fail("a tensor lies outside the file");
    if (entry.end - entry.begin != bytes)
      fail("a tensor's length does not fit its shape");
    entries_.emplace(name, std::move(entry));
  }

  std::vector<std::array<uint64_t, 2>> ranges;
  for (const auto &[name, entry] : entries_)
    ranges.push_back({entry.begin, entry.end});
  std::ranges::sort(ranges);
  uint64_t covered = 0;
  for (const auto &[begin, end] : ranges) {
    if (begin != covered)
      fail("tensors overlap or leave gaps");
    covered = end;
  }
  if (covered != data_bytes)
    fail("tensors do not fill the file");
}

void Safetensors::fail(const char *what) const {
  throw Error(PASTICHE_BAD_MODEL,
              sentence(_("The model file “%s” is damaged or not a safetensors file (%s); get it again."), path_.c_str(), what));
}

const Safetensors::Entry &Safetensors::entry(const std::string &name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    fail(("there is no tensor " + name).c_str());
  return found->second;
}

torch::Tensor Safetensors::read(const std::string &name) {
  const Entry &wanted = entry(name);
  static const std::map<std::string, torch::ScalarType> types{
      {"F16", torch::kHalf}, {"BF16", torch::kBFloat16}, {"F32", torch::kFloat}, {"F64", torch::kDouble}};
  const auto type = types.find(wanted.type);
  if (type == types.end())
    fail(("the tensor " + name + " is not of a floating-point type").c_str());
  torch::Tensor tensor = torch::empty(wanted.shape, type->second);
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(data_start_ + wanted.begin));
  if (!file_.read(static_cast<char *>(tensor.data_ptr()), static_cast<std::streamsize>(wanted.end - wanted.begin)))
    fail("the file is shorter than when it was opened");
  return tensor.to(torch::kFloat);
}

std::vector<std::string> Safetensors::names() const {
  std::vector<std::string> names;
  for (const auto &[name, entry] : entries_)
    names.push_back(name);
  return names;
}

void write_safetensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                       const std::map<std::string, std::string> &metadata) {
  json header{{"__metadata__", metadata}};
  uint64_t end = 0;
  for (const auto &[name, tensor] : tensors) {
    const uint64_t begin = end;
    const bool half = tensor.scalar_type() == torch::kHalf;
    end += (half ? 2u : 4u) * static_cast<uint64_t>(tensor.numel());
    header[name] = {{"dtype", half ? "F16" : "F32"}, {"shape", tensor.sizes().vec()}, {"data_offsets", {begin, end}}};
  }
  const std::string text = header.dump();
  const uint64_t length = text.size();
  const std::filesystem::path unfinished = path.string() + ".unfinished";
  errno = 0;
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char *>(&length), sizeof length);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const auto &[name, tensor] : tensors) {
    const torch::Tensor values = tensor.to(torch::kCPU, tensor.scalar_type() == torch::kHalf ? torch::kHalf : torch::kFloat).contiguous();
    file.write(static_cast<const char *>(values.const_data_ptr()), static_cast<std::streamsize>(values.nbytes()));
  }
  file.close();
  const int why = errno ? errno : EIO;
  std::error_code failure;
  if (file)
    std::filesystem::rename(unfinished, path, failure);
  else
    failure = {why, std::generic_category()};
  if (failure) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    throw std::system_error(failure);
  }
}

} // namespace pastiche
