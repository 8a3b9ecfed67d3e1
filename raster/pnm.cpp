// SPDX-License-Identifier: GPL-3.0-or-later
#include "pnm.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <vector>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "rows.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

// Netpbm's manual pages pbm(5), pgm(5), ppm(5).
class Reader {
public:
  explicit Reader(const std::string &path) : path(path), file(path, std::ios::binary) {
    file.get();
    const int digit = byte() - '0';
    plain = digit <= 3;
    bits = digit == 1 || digit == 4;
    components = digit == 3 || digit == 6 ? 3 : 1;
    size.width = number();
    size.height = number();
    most = bits ? 1 : number();
    if (size.width < 1 || size.height < 1 || most < 1 || most > 65535)
      fail();
    check_area(path, size);
    // What ended the last number is the one character between head and samples; a line end may be two.
    if (!plain && last == '\r' && file.peek() == '\n')
      file.get();
  }

  Stored read() {
    const bool deep = most > 255;
    Stored stored;
    stored.format = babl_format(components == 3 ? (deep ? "R'G'B' u16" : "R'G'B' u8") : (deep ? "Y' u16" : "Y' u8"));
    stored.buffer.reset(gegl_buffer_new(GEGL_RECTANGLE(0, 0, size.width, size.height), stored.format));
    const Babl *format = babl_format(components == 3 ? "R'G'B' u16" : "Y' u16");
    std::vector<uint16_t> row(static_cast<size_t>(components) * size.width);
    for (GeglRectangle place{0, 0, size.width, 1}; place.y < size.height; place.y++) {
      read_row(row);
      gegl_buffer_set(stored.buffer.get(), &place, 0, format, row.data(), GEGL_AUTO_ROWSTRIDE);
    }
    if (!plain && file.get() == 'P') // raw ones may follow each other
      stored.notes.push_back(sentence(_("“%s” holds several pictures; the first one was read."), shown(path).c_str()));
    return stored;
  }

  Size size{};

private:
  [[noreturn]] void fail() const { throw Failure(sentence(_("“%s” is damaged or cut short."), shown(path).c_str())); }

  int byte() {
    const int read = file.get();
    if (read == std::char_traits<char>::eof())
      fail();
    return read;
  }

  void skip_line() { file.ignore(std::numeric_limits<std::streamsize>::max(), '\n'); }

  // White space and comments before a number in plain text.
  int first_of_number() {
    for (;;) {
      const int read = byte();
      if (read == '#')
        skip_line();
      else if (!g_ascii_isspace(read))
        return read;
    }
  }

  int number() {
    int value = 0;
    last = first_of_number();
    do {
      if (!g_ascii_isdigit(last) || value > 100'000'000)
        fail();
      value = 10 * value + (last - '0');
      last = file.get(); // the last number may end the file
    } while (last != std::char_traits<char>::eof() && !g_ascii_isspace(last) && last != '#');
    if (last == '#')
      skip_line();
    return value;
  }

  int sample() {
    if (bits) // which need no space between them
      return '1' - first_of_number();
    if (plain)
      return number();
    const int high = most > 255 ? byte() << 8 : 0;
    return high | byte();
  }

  void read_row(std::vector<uint16_t> &row) {
    int packed = 0;
    for (size_t i = 0; i < row.size(); i++) {
      int value = 0;
      if (bits && !plain) {
        packed = i % 8 == 0 ? byte() : packed << 1;
        value = packed & 0x80 ? 0 : 1; // black is 1
      } else {
        value = std::clamp(sample(), 0, most);
      }
      row[i] = static_cast<uint16_t>((value * int64_t{65535} + most / 2) / most);
    }
  }

  std::string path;
  std::ifstream file;
  bool plain = false, bits = false;
  int components = 1, most = 1, last = 0;
};

} // namespace

Size pnm_size(const std::string &path) { return Reader(path).size; }

Stored read_pnm(const std::string &path) { return Reader(path).read(); }

} // namespace raster
