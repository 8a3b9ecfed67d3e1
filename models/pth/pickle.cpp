// SPDX-License-Identifier: GPL-3.0-or-later
#include "pickle.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/i18n.h"
#include "base/tensorindex.h"

namespace models {

using pastiche::Damage;
using pastiche::sentence;
using Value = Pickle::Value;
using Kind = Pickle::Value::Kind;

// The instructions, by the names that Python's pickletools gives them.
enum class Opcode : uint8_t {
  proto = 0x80,
  frame = 0x95,
  stop = '.',
  mark = '(',
  pop = '0',
  none = 'N',
  new_true = 0x88,
  new_false = 0x89,
  bin_int = 'J',
  bin_int1 = 'K',
  bin_int2 = 'M',
  long1 = 0x8a,
  bin_float = 'G',
  bin_string = 'T',
  short_bin_string = 'U',
  bin_unicode = 'X',
  short_bin_unicode = 0x8c,
  empty_tuple = ')',
  tuple = 't',
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  empty_list = ']',
  append = 'a',
  appends = 'e',
  empty_dict = '}',
  set_item = 's',
  set_items = 'u',
  bin_put = 'q',
  long_bin_put = 'r',
  memoize = 0x94,
  bin_get = 'h',
  long_bin_get = 'j',
  global = 'c',
  stack_global = 0x93,
  reduce = 'R',
  build = 'b',
  bin_pers_id = 'Q',
};

class PickleReader {
public:
  PickleReader(Pickle &pickle, std::span<const std::byte> bytes, std::span<const std::string_view> globals)
      : pickle_(pickle), bytes_(bytes.first(std::min(bytes.size(), Pickle::max_bytes))), globals_(globals) {}

  void read() {
    if (byte() != static_cast<uint8_t>(Opcode::proto))
      throw Damage(_("it does not begin as a pickle does"));
    if (const int protocol = byte(); protocol < 2 || protocol > 5)
      throw Damage(_("it is a pickle of an unknown protocol"));
    while (step(static_cast<Opcode>(byte()))) {
    }
    pickle_.value_ = pop();
    pickle_.length_ = at_;
  }

private:
  Value &make(Kind kind) {
    Value &value = pickle_.values_.emplace_back();
    value.kind = kind;
    return value;
  }
  Value &push(Kind kind) {
    Value &value = make(kind);
    stack_.push_back(&value);
    return value;
  }

  std::string_view take(uint64_t length) {
    if (length > bytes_.size() - at_)
      throw Damage(bytes_.size() == Pickle::max_bytes ? _("its pickle is too long") : _("its pickle is cut off"));
    const std::string_view taken(reinterpret_cast<const char *>(bytes_.data()) + at_, length);
    at_ += length;
    return taken;
  }
  uint8_t byte() { return static_cast<uint8_t>(take(1)[0]); }
  template <class Number> Number number() {
    Number number;
    std::memcpy(&number, take(sizeof number).data(), sizeof number);
    return number;
  }
  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char *>(bytes_.data()) + at_, bytes_.size() - at_);
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      throw Damage(_("its pickle is cut off"));
    take(end + 1);
    return rest.substr(0, end);
  }

  // Never below the last mark: what stands under it belongs to somebody else.
  Value *pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back()))
      throw Damage(_("its pickle takes more than it has"));
    Value *value = stack_.back();
    stack_.pop_back();
    return value;
  }
  Value &top(Kind kind) {
    Value *value = pop();
    stack_.push_back(value);
    if (value->kind != kind)
      throw Damage(_("its pickle fills something that is no container"));
    return *value;
  }
  std::vector<const Value *> pop_to_mark() {
    if (marks_.empty())
      throw Damage(_("its pickle takes more than it has"));
    std::vector<const Value *> items(stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return items;
  }
  void add(Kind kind, const std::vector<const Value *> &items) {
    Value &container = top(kind);
    if (kind == Kind::dictionary && items.size() % 2 != 0)
      throw Damage(_("its pickle has a key without a value"));
    container.items.insert(container.items.end(), items.begin(), items.end());
  }
  void push_tuple(size_t count) {
    Value &tuple = make(Kind::tuple);
    tuple.items.resize(count);
    while (count > 0)
      tuple.items[--count] = pop();
    stack_.push_back(&tuple);
  }
  // Two separate pops leave the order to us, not to the compiler.
  std::vector<const Value *> pop_pair() {
    const Value *second = pop();
    return {pop(), second};
  }

  void put(size_t place) {
    if (place > bytes_.size()) // more places than a pickle of this length can fill
      throw Damage(_("its pickle keeps something too far away"));
    Value *value = pop();
    stack_.push_back(value);
    memo_.resize(std::max(memo_.size(), place + 1));
    memo_[place] = value;
  }
  void get(size_t place) {
    if (place >= memo_.size() || !memo_[place])
      throw Damage(_("its pickle asks for what it never kept"));
    stack_.push_back(memo_[place]);
  }

  void push_global(std::string_view module, std::string_view name) {
    const std::string wanted = std::string(module) + " " + std::string(name);
    const auto allowed = std::ranges::find(globals_, wanted);
    if (allowed == globals_.end())
      throw Damage(sentence(_("it calls for %s"), printable(wanted).c_str()));
    push(Kind::global).text = *allowed;
  }
  // What a hostile file says must not steer the terminal.
  static std::string printable(std::string text) {
    for (char &letter : text)
      if (letter < ' ' || letter > '~')
        letter = '?';
    return text.substr(0, 80);
  }

  // The first call of collections.OrderedDict makes a dictionary; Python 2 hands it the pairs, Python 3 adds them afterwards.
  void reduce() {
    const Value *arguments = pop(), *function = pop();
    if (function->kind != Kind::global || arguments->kind != Kind::tuple)
      throw Damage(_("its pickle calls what cannot be called"));
    if (function->text != "collections OrderedDict") {
      push(Kind::call).items = {function, arguments};
      return;
    }
    Value &dictionary = push(Kind::dictionary);
    if (arguments->items.empty())
      return;
    if (arguments->items.size() > 1 || arguments->items[0]->kind != Kind::list)
      throw Damage(_("its pickle has a dictionary of an unknown make"));
    // The same list may be handed over again and again, which would take memory that no bytes of the pickle stand for.
    copied_ += arguments->items[0]->items.size();
    if (copied_ > bytes_.size())
      throw Damage(_("its pickle has a dictionary of an unknown make"));
    for (const Value *pair : arguments->items[0]->items) {
      if ((pair->kind != Kind::list && pair->kind != Kind::tuple) || pair->items.size() != 2)
        throw Damage(_("its pickle has a dictionary of an unknown make"));
      dictionary.items.insert(dictionary.items.end(), pair->items.begin(), pair->items.end());
    }
  }

  bool step(Opcode opcode) {
    switch (opcode) {
    case Opcode::stop:
      return false;
    case Opcode::frame:
      take(8); // how much follows: for those who read in pieces
      break;
    case Opcode::mark:
      marks_.push_back(stack_.size());
      break;
    case Opcode::pop:
      pop();
      break;
    case Opcode::none:
      push(Kind::other);
      break;
    case Opcode::new_true:
    case Opcode::new_false:
      push(Kind::boolean).integer = opcode == Opcode::new_true;
      break;
    case Opcode::bin_int:
      push(Kind::integer).integer = number<int32_t>();
      break;
    case Opcode::bin_int1:
      push(Kind::integer).integer = number<uint8_t>();
      break;
    case Opcode::bin_int2:
      push(Kind::integer).integer = number<uint16_t>();
      break;
    case Opcode::long1:
      push_long(take(byte()));
      break;
    case Opcode::bin_float:
      take(8);
      push(Kind::other);
      break;
    case Opcode::short_bin_string:
    case Opcode::short_bin_unicode:
      push(Kind::text).text = take(byte());
      break;
    case Opcode::bin_string:
    case Opcode::bin_unicode:
      push(Kind::text).text = take(number<uint32_t>());
      break;
    case Opcode::empty_tuple:
      push_tuple(0);
      break;
    case Opcode::tuple:
      push_items(Kind::tuple, pop_to_mark());
      break;
    case Opcode::tuple1:
      push_tuple(1);
      break;
    case Opcode::tuple2:
      push_tuple(2);
      break;
    case Opcode::tuple3:
      push_tuple(3);
      break;
    case Opcode::empty_list:
      push(Kind::list);
      break;
    case Opcode::append:
      add(Kind::list, {pop()});
      break;
    case Opcode::appends:
      add(Kind::list, pop_to_mark());
      break;
    case Opcode::empty_dict:
      push(Kind::dictionary);
      break;
    case Opcode::set_item:
      add(Kind::dictionary, pop_pair());
      break;
    case Opcode::set_items:
      add(Kind::dictionary, pop_to_mark());
      break;
    case Opcode::bin_put:
      put(byte());
      break;
    case Opcode::long_bin_put:
      put(number<uint32_t>());
      break;
    case Opcode::memoize:
      put(memo_.size());
      break;
    case Opcode::bin_get:
      get(byte());
      break;
    case Opcode::long_bin_get:
      get(number<uint32_t>());
      break;
    case Opcode::global: {
      const std::string_view module = line();
      push_global(module, line());
      break;
    }
    case Opcode::stack_global: {
      const std::vector<const Value *> names = pop_pair();
      push_global(names[0]->text, names[1]->text);
      break;
    }
    case Opcode::reduce:
      reduce();
      break;
    case Opcode::build: // attributes, such as a state dict's _metadata, which nobody needs
      pop();
      top(Kind::dictionary);
      break;
    case Opcode::bin_pers_id:
      push_items(Kind::persistent, {pop()});
      break;
    default:
      throw Damage(_("its pickle has an instruction that data do not need"));
    }
    return true;
  }

  void push_items(Kind kind, std::vector<const Value *> items) { push(kind).items = std::move(items); }

  void push_long(std::string_view bytes) {
    if (bytes.size() > sizeof(int64_t)) {
      push(Kind::big).text = bytes;
      return;
    }
    int64_t number = !bytes.empty() && bytes.back() < 0 ? -1 : 0; // two's complement
    std::memcpy(&number, bytes.data(), bytes.size());
    push(Kind::integer).integer = number;
  }

  Pickle &pickle_;
  std::span<const std::byte> bytes_;
  std::span<const std::string_view> globals_;
  size_t at_ = 0;
  size_t copied_ = 0; // items of lists that became dictionaries
  std::vector<Value *> stack_;
  std::vector<size_t> marks_; // sizes of the stack
  std::vector<Value *> memo_;
};

Pickle::Pickle(std::span<const std::byte> bytes, std::span<const std::string_view> globals) { PickleReader(*this, bytes, globals).read(); }

} // namespace models
