// SPDX-License-Identifier: GPL-3.0-or-later
// What a safetensors file says of itself: eight bytes with the little-endian length of a JSON header, the header, then raw little-endian
// tensors in row-major order (https://github.com/huggingface/safetensors, section "Format"). Does not need LibTorch.
//
// Files come from anywhere, so nothing in them is believed: every length, type, shape and offset is checked against the bytes that are
// there before anything is made of it. The memory taken is a small multiple of the header's length, which is limited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace pastiche {

// A file that is not what it should be; what() is a few translated words on why, for the brackets of a sentence: "tensors overlap".
struct Damage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws Damage for what often lies in the place of a file: a web page, or what Git has of a large file until that is fetched.
void refuse_stand_in(std::span<const std::byte> file);

class TensorIndex {
public:
  struct Entry {
    std::string type;           // as the format spells it: "F32"
    std::vector<int64_t> shape; // outermost dimension first
    uint64_t begin, end;        // bytes, from the start of the file
  };

  static constexpr size_t length_bytes = 8;

  // Headers of real networks are some kilobytes; this keeps a hostile length from becoming an allocation.
  static constexpr uint64_t max_header_bytes = 1u << 20;

  // Where the tensors begin in a file of so many bytes, told by its first eight. Throws Damage.
  static uint64_t data_start(std::span<const std::byte> start, uint64_t file_bytes);

  // Of a file of so many bytes, whose beginning, at least up to the tensors, is `start`. Throws Damage.
  TensorIndex(std::span<const std::byte> start, uint64_t file_bytes);

  // The "__metadata__" entries; empty when there are none.
  const std::map<std::string, std::string> &metadata() const { return metadata_; }

  // By name. They fill the file behind the header without gaps and do not overlap.
  const std::map<std::string, Entry> &entries() const { return entries_; }

private:
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

} // namespace pastiche
