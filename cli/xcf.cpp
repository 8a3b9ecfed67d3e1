// SPDX-License-Identifier: GPL-3.0-or-later
#include "xcf.h"

#include <cstdint>
#include <fstream>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"

namespace cli {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr uint32_t prop_end = 0, prop_parasites = 21;
constexpr int first_with_precision = 4, first_with_long_pointers = 11;

// Reads big-endian numbers from a file, never beyond its end.
class Reader {
public:
  explicit Reader(const std::string &path) : path_(path), file_(path, std::ios::binary | std::ios::ate) {
    const std::streamoff size = file_ ? static_cast<std::streamoff>(file_.tellg()) : -1;
    if (size < 0 || size == INT64_MAX) // a folder
      throw Failure(sentence(_("“%s” cannot be read."), shown(path).c_str()));
    size_ = static_cast<uint64_t>(size);
  }

  uint64_t position() const { return position_; }
  void go_to(uint64_t position) {
    if (position > size_)
      refuse_damaged();
    position_ = position;
  }
  void skip(uint64_t count) {
    if (count > size_ - position_)
      refuse_damaged();
    position_ += count;
  }

  std::string bytes(uint64_t count) {
    const uint64_t start = position_;
    skip(count);
    std::string data(count, '\0');
    file_.seekg(static_cast<std::streamoff>(start));
    if (count && !file_.read(data.data(), static_cast<std::streamsize>(count)))
      refuse_damaged();
    return data;
  }

  uint64_t number(int size) {
    uint64_t value = 0;
    for (const char byte : bytes(static_cast<uint64_t>(size)))
      value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  uint32_t word() { return static_cast<uint32_t>(number(4)); }

  // Its length, with the zero at its end, stands before it.
  std::string text() {
    std::string text = bytes(word());
    return text.substr(0, text.find('\0'));
  }

  [[noreturn]] void refuse_damaged() const { throw Failure(sentence(_("“%s” is damaged or not complete."), shown(path_).c_str())); }

private:
  std::string path_;
  std::ifstream file_;
  uint64_t size_ = 0, position_ = 0;
};

// The version in "gimp xcf v011"; the first one has "file" there.
int read_version(Reader &reader, const std::string &path) {
  const auto refuse = [&] {
    throw Failure(sentence(_("“%s” is no XCF file; only those that GIMP saves keep how layers were painted."), shown(path).c_str()));
  };
  constexpr size_t magic_size = 14;
  std::string magic;
  try {
    magic = reader.bytes(magic_size);
  } catch (const Failure &) {
    refuse();
  }
  if (magic.substr(0, 9) != "gimp xcf " || magic[13] != '\0')
    refuse();
  const std::string version = magic.substr(9, 4);
  if (version == "file")
    return 0;
  if (version[0] != 'v' || version.find_first_not_of("0123456789", 1) != std::string::npos)
    refuse();
  return std::stoi(version.substr(1));
}

// Calls `work` with the end of every property that is of the type; the reader stands at its beginning.
template <class Work> void for_properties(Reader &reader, uint32_t type, const Work &work) {
  for (;;) {
    const uint32_t found = reader.word(), size = reader.word();
    if (found == prop_end)
      return;
    const uint64_t start = reader.position();
    reader.skip(size);
    const uint64_t end = reader.position();
    if (found == type) {
      reader.go_to(start);
      work(end);
      reader.go_to(end);
    }
  }
}

} // namespace

std::vector<Attachment> layer_parasites(const std::string &path, const std::string &name) {
  Reader reader(path);
  const int version = read_version(reader, path);
  reader.skip(3 * 4); // width, height, type
  if (version >= first_with_precision)
    reader.skip(4);
  for_properties(reader, prop_parasites, [](uint64_t) {});

  std::vector<uint64_t> layers;
  while (const uint64_t pointer = reader.number(version >= first_with_long_pointers ? 8 : 4))
    layers.push_back(pointer);

  std::vector<Attachment> found;
  for (const uint64_t layer : layers) {
    reader.go_to(layer);
    reader.skip(3 * 4); // width, height, type
    const std::string layer_name = reader.text();
    for_properties(reader, prop_parasites, [&](uint64_t end) {
      while (reader.position() < end) {
        const std::string parasite = reader.text();
        reader.skip(4); // flags
        const std::string data = reader.bytes(reader.word());
        if (reader.position() > end)
          reader.refuse_damaged();
        if (parasite == name)
          found.push_back({layer_name, data});
      }
    });
  }
  return found;
}

} // namespace cli
