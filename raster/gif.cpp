// SPDX-License-Identifier: GPL-3.0-or-later
#include "gif.h"

#include <fstream>

namespace raster {
namespace {

// One walk over the blocks of GIF89a. At the end of the file every read gives nothing and `file` turns false.
class Walk {
public:
  explicit Walk(const std::string &path) : file(path, std::ios::binary) {}

  bool finds_whole_frame() {
    skip(10); // signature and size of the screen
    const int screen = byte();
    skip(2);
    skip_color_table(screen);
    while (file) {
      const int block = byte();
      if (block == '!') { // an extension: its label and data
        skip(1);
        skip_data();
      } else if (block == ',') { // a frame: its place and size, colours, code size and data
        skip(8);
        skip_color_table(byte());
        skip(1);
        skip_data();
        return static_cast<bool>(file);
      } else {
        return false;
      }
    }
    return false;
  }

private:
  int byte() { return file.get(); }

  void skip(int bytes) {
    file.ignore(bytes);
    if (file.gcount() < bytes)
      file.setstate(std::ios::failbit);
  }

  void skip_color_table(int flags) {
    if (file && flags & 0x80)
      skip(3 << ((flags & 7) + 1));
  }

  // Sub-blocks of a length and so many bytes, until one of length 0.
  void skip_data() {
    for (int length = byte(); file && length > 0; length = byte())
      skip(length);
  }

  std::ifstream file;
};

} // namespace

bool gif_frame_is_whole(const std::string &path) { return Walk(path).finds_whole_frame(); }

} // namespace raster
