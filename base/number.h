// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <optional>
#include <string>

namespace pastiche {

// The whole text as a number, the same in every locale; nothing where it is none.
template <class Number> std::optional<Number> number_in(const std::string &text) {
  Number number{};
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

} // namespace pastiche
