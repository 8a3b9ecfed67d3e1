// SPDX-License-Identifier: GPL-3.0-or-later
#include "pth.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/i18n.h"
#include "pickle.h"
#include "zip.h"

namespace models {
namespace {

using pastiche::Damage;
using Bytes = std::span<const std::byte>;
using Value = Pickle::Value;
using Kind = Pickle::Value::Kind;
using namespace std::string_view_literals;

struct StorageType {
  std::string_view global, type;
  uint64_t bytes; // per element
};
constexpr std::array storage_types{
    StorageType{"torch FloatStorage", "F32", 4}, StorageType{"torch DoubleStorage", "F64", 8},
    StorageType{"torch HalfStorage", "F16", 2},  StorageType{"torch BFloat16Storage", "BF16", 2},
    StorageType{"torch LongStorage", "I64", 8},  StorageType{"torch IntStorage", "I32", 4},
    StorageType{"torch ShortStorage", "I16", 2}, StorageType{"torch CharStorage", "I8", 1},
    StorageType{"torch ByteStorage", "U8", 1},   StorageType{"torch BoolStorage", "BOOL", 1},
};

constexpr std::string_view rebuild_tensor = "torch._utils _rebuild_tensor", rebuild_tensor_v2 = "torch._utils _rebuild_tensor_v2",
                           rebuild_parameter = "torch._utils _rebuild_parameter";

constexpr auto globals = [] {
  std::array<std::string_view, storage_types.size() + 4> names{"collections OrderedDict", rebuild_tensor, rebuild_tensor_v2,
                                                               rebuild_parameter};
  std::ranges::transform(storage_types, names.begin() + 4, &StorageType::global);
  return names;
}();

// How the older format begins: a pickle of this number.
constexpr std::string_view legacy_start = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."sv;
constexpr int64_t legacy_protocol = 1001;

constexpr size_t most_dimensions = 8;

bool begins(Bytes file, std::string_view start) {
  return file.size() >= start.size() && std::memcmp(file.data(), start.data(), start.size()) == 0;
}

// Where the numbers of a tensor are kept: ('storage', type, key, device, elements, …).
struct Storage {
  const StorageType *type;
  std::string_view key;
  uint64_t elements;

  explicit Storage(const Value &value) {
    if (value.kind != Kind::persistent || value.items[0]->kind != Kind::tuple || value.items[0]->items.size() < 5)
      throw Damage(_("a tensor's storage is of an unknown make"));
    const auto &told = value.items[0]->items;
    const auto found = std::ranges::find(storage_types, told[1]->text, &StorageType::global);
    if (told[0]->text != "storage" || told[1]->kind != Kind::global || found == storage_types.end() || told[2]->kind != Kind::text ||
        told[4]->kind != Kind::integer || told[4]->integer < 0)
      throw Damage(_("a tensor's storage is of an unknown make"));
    type = &*found;
    key = told[2]->text;
    elements = static_cast<uint64_t>(told[4]->integer);
  }
};

std::vector<int64_t> integers(const Value &tuple) {
  if (tuple.kind != Kind::tuple || tuple.items.size() > most_dimensions)
    throw Damage(_("a tensor has an impossible shape"));
  std::vector<int64_t> numbers;
  for (const Value *item : tuple.items) {
    if (item->kind != Kind::integer || item->integer < 0)
      throw Damage(_("a tensor has an impossible shape"));
    numbers.push_back(item->integer);
  }
  return numbers;
}

// A tensor whose bytes are still to be found.
struct Described {
  Storage storage;
  uint64_t offset; // elements
  std::vector<int64_t> shape;
  uint64_t elements;

  // (storage, offset, shape, strides, …)
  explicit Described(const Value &arguments) : storage(*argument(arguments, 0)) {
    const Value &start = *argument(arguments, 1);
    if (start.kind != Kind::integer || start.integer < 0)
      throw Damage(_("a tensor has an impossible shape"));
    offset = static_cast<uint64_t>(start.integer);
    shape = integers(*argument(arguments, 2));
    const std::vector<int64_t> strides = integers(*argument(arguments, 3));
    if (strides.size() != shape.size())
      throw Damage(_("a tensor has an impossible shape"));
    elements = 1;
    for (size_t i = shape.size(); i-- > 0;) {
      if (shape[i] != 1 && strides[i] != static_cast<int64_t>(elements))
        throw Damage(_("a tensor is not stored row by row"));
      if (__builtin_mul_overflow(elements, static_cast<uint64_t>(shape[i]), &elements) || elements > INT64_MAX)
        throw Damage(_("a tensor has an impossible shape"));
    }
  }

  Tensor in(Bytes stored) const {
    if (stored.size() / storage.type->bytes < storage.elements || offset > storage.elements || elements > storage.elements - offset)
      throw Damage(_("a tensor lies outside of its storage"));
    return {std::string(storage.type->type), shape, stored.subspan(offset * storage.type->bytes, elements * storage.type->bytes)};
  }

private:
  static const Value *argument(const Value &arguments, size_t number) {
    if (number >= arguments.items.size())
      throw Damage(_("a tensor lacks its type, shape or offsets"));
    return arguments.items[number];
  }
};

// The arguments of the tensor that a value is, or nullptr.
const Value *tensor_arguments(const Value &value) {
  const Value *tensor = &value;
  if (tensor->is_call(rebuild_parameter) && !tensor->items[1]->items.empty())
    tensor = tensor->items[1]->items[0];
  return tensor->is_call(rebuild_tensor) || tensor->is_call(rebuild_tensor_v2) ? tensor->items[1] : nullptr;
}

std::map<std::string, Described> described_tensors(const Value &dictionary) {
  std::map<std::string, Described> tensors;
  for (size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const Value &key = *dictionary.items[i];
    if (const Value *arguments = tensor_arguments(*dictionary.items[i + 1]); arguments && key.kind == Kind::text)
      tensors.emplace(key.text, *arguments);
  }
  return tensors;
}

// A training script's file has the state dict among other things.
std::map<std::string, Described> find_tensors(const Value &saved) {
  if (saved.kind != Kind::dictionary)
    throw Damage(_("it holds no state dict"));
  auto tensors = described_tensors(saved);
  for (size_t i = 0; tensors.empty() && i + 1 < saved.items.size(); i += 2) {
    const std::string_view key = saved.items[i]->text;
    if ((key == "state_dict" || key == "model") && saved.items[i + 1]->kind == Kind::dictionary)
      tensors = described_tensors(*saved.items[i + 1]);
  }
  if (tensors.empty())
    throw Damage(_("it holds no state dict"));
  return tensors;
}

StateDict zip_state_dict(Bytes file) {
  const auto entries = zip_entries(file);
  const auto pickle_entry = std::ranges::find_if(entries, [](const auto &entry) { return entry.first.ends_with("/data.pkl"); });
  if (pickle_entry == entries.end())
    throw Damage(_("it holds no state dict"));
  const std::string folder = pickle_entry->first.substr(0, pickle_entry->first.rfind('/') + 1);
  if (const auto order = entries.find(folder + "byteorder"); order != entries.end() && !begins(order->second, "little"))
    throw Damage(_("its numbers are big-endian"));
  if (pickle_entry->second.size() > Pickle::max_bytes)
    throw Damage(_("its pickle is too long"));
  const Pickle pickle(pickle_entry->second, globals);
  StateDict tensors;
  for (const auto &[name, described] : find_tensors(pickle.value())) {
    const auto stored = entries.find(folder + "data/" + std::string(described.storage.key));
    if (stored == entries.end())
      throw Damage(_("a tensor's storage is missing"));
    tensors.emplace(name, described.in(stored->second));
  }
  return tensors;
}

// Pickles of a magic number, the protocol, facts on the machine, the state dict and the storages' keys; then, for each key, the number of
// its elements and the elements.
StateDict legacy_state_dict(Bytes file) {
  Bytes rest = file.subspan(legacy_start.size());
  const auto next = [&] {
    auto pickle = std::make_unique<Pickle>(rest, globals);
    rest = rest.subspan(pickle->length());
    return pickle;
  };
  if (next()->value().integer != legacy_protocol)
    throw Damage(_("it is of an unknown version"));
  const auto machine = next();
  for (size_t i = 0; i + 1 < machine->value().items.size(); i += 2)
    if (machine->value().items[i]->text == "little_endian" && machine->value().items[i + 1]->integer == 0)
      throw Damage(_("its numbers are big-endian"));
  const auto saved = next();
  const std::map<std::string, Described> described = find_tensors(saved->value());
  const auto keys = next();

  std::map<std::string_view, uint64_t> element_bytes;
  for (const auto &[name, tensor] : described)
    element_bytes.emplace(tensor.storage.key, tensor.storage.type->bytes);
  std::map<std::string_view, Bytes> storages;
  for (const Value *key : keys->value().items) {
    uint64_t elements = 0;
    if (rest.size() < sizeof elements)
      throw Damage(_("it is cut off"));
    std::memcpy(&elements, rest.data(), sizeof elements);
    rest = rest.subspan(sizeof elements);
    const auto known = element_bytes.find(key->text);
    if (known == element_bytes.end()) // of something that is no tensor of the state dict: how long it is, only that would tell
      throw Damage(_("it holds more than a state dict"));
    if (elements > rest.size() / known->second)
      throw Damage(_("it is cut off"));
    storages[key->text] = rest.first(elements * known->second);
    rest = rest.subspan(elements * known->second);
  }
  StateDict tensors;
  for (const auto &[name, tensor] : described) {
    const auto stored = storages.find(tensor.storage.key);
    if (stored == storages.end())
      throw Damage(_("a tensor's storage is missing"));
    tensors.emplace(name, tensor.in(stored->second));
  }
  return tensors;
}

} // namespace

bool is_pth(Bytes file) { return begins(file, "PK\x03\x04") || begins(file, legacy_start); }

StateDict pth_state_dict(Bytes file) { return begins(file, legacy_start) ? legacy_state_dict(file) : zip_state_dict(file); }

} // namespace models
