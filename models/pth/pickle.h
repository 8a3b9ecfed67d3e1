// SPDX-License-Identifier: GPL-3.0-or-later
// Reads Python pickles as data.
//
// A pickle is a program: the usual reader imports what it names and calls it. Nothing is imported or called here. Only the instructions are
// known that containers, numbers and texts need, and of the things a pickle may name only the few on a list; a call of one of them stays
// the note that it was called, with its arguments. The memory taken is a small multiple of the pickle's length, which is limited, and
// neither reading nor freeing goes deeper than the instructions nest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace models {

class Pickle {
public:
  struct Value {
    enum class Kind {
      other,      // None, and numbers with a fraction
      boolean,    // `integer` is 0 or 1
      integer,    // `integer`
      big,        // a whole number of more than eight bytes: its little-endian bytes in `text`
      text,       // `text`, UTF-8
      tuple,      // `items`
      list,       // `items`
      dictionary, // `items`: key, value, key, value …
      global,     // `text`: "collections OrderedDict"
      call,       // `items`: the global and the tuple of its arguments
      persistent, // `items`: what tells the outside where it lies
    };
    Kind kind = Kind::other;
    int64_t integer = 0;
    std::string_view text; // of the pickle's bytes, or of the list of globals
    std::vector<const Value *> items;

    bool is_call(std::string_view global) const { return kind == Kind::call && items[0]->text == global; }
  };

  static constexpr size_t max_bytes = 1u << 20;

  // Reads the first pickle in `bytes`, which must outlive this; `globals` are the names it may use, spelt "module name". Throws
  // pastiche::Damage with a few words on why it cannot be read, such as “it calls for posix system”.
  Pickle(std::span<const std::byte> bytes, std::span<const std::string_view> globals);
  Pickle(const Pickle &) = delete;
  Pickle &operator=(const Pickle &) = delete;

  const Value &value() const { return *value_; }

  // Bytes that the pickle takes; another may follow.
  size_t length() const { return length_; }

private:
  friend class PickleReader;
  std::deque<Value> values_; // they refer to one another, in circles too
  const Value *value_ = nullptr;
  size_t length_ = 0;
};

} // namespace models
