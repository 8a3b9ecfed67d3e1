// SPDX-License-Identifier: GPL-3.0-or-later
// A fast hash of much data, to tell whether it is the same as before.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "pastiche.h"

namespace pastiche {

// FNV-1a, 64 bits, over 8 bytes at a time.
class Hash {
public:
  void add(const void *data, size_t bytes) {
    const auto *at = static_cast<const char *>(data);
    for (; bytes > 0;) {
      uint64_t word = 0;
      const size_t count = std::min(bytes, sizeof word);
      std::memcpy(&word, at, count);
      value_ = (value_ ^ word) * 0x100000001b3;
      value_ ^= value_ >> 29; // the multiplication alone carries nothing from the upper bits to the lower ones
      at += count;
      bytes -= count;
    }
  }
  template <class Number> void add(Number number) { add(&number, sizeof number); }
  void add(std::string_view text) {
    add(text.size());
    add(text.data(), text.size());
  }
  void add(const pastiche_image *image) {
    add(image != nullptr);
    if (!image)
      return;
    add(image->width);
    add(image->height);
    add(image->rgba, sizeof(float) * 4 * static_cast<size_t>(image->width) * static_cast<size_t>(image->height));
  }
  std::string text() const {
    std::array<char, 17> digits;
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(value_));
    return digits.data();
  }

private:
  uint64_t value_ = 0xcbf29ce484222325;
};

} // namespace pastiche
