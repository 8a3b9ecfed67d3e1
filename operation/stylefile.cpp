// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylefile.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/ownfile.h"
#include "base/sentence.h"

namespace operation {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

// The program at work.
class Reader {
public:
  Reader(const std::string &path, int longest_side) {
    std::string program = pastiche::own_library("operation", "pastiche-read-picture"), file = path, side = std::to_string(longest_side);
    char *line[] = {program.data(), file.data(), side.data(), nullptr};
    g_autoptr(GError) fault = nullptr;
    if (!g_spawn_async_with_pipes(nullptr, line, nullptr, G_SPAWN_DO_NOT_REAP_CHILD, nullptr, nullptr, &process_, nullptr, &output_,
                                  nullptr, &fault))
      throw Failure(fault->message);
  }
  ~Reader() {
    close(output_);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;

  // As many bytes as there are, up to `bytes`.
  size_t read(void *to, size_t bytes) {
    size_t done = 0;
    while (done < bytes) {
      const ssize_t got = ::read(output_, static_cast<char *>(to) + done, bytes - done);
      if (got == 0 || (got < 0 && errno != EINTR))
        break;
      done += static_cast<size_t>(std::max<ssize_t>(got, 0));
    }
    return done;
  }

private:
  GPid process_ = 0;
  int output_ = -1;
};

} // namespace

raster::Pixels read_style(const std::string &path, int longest_side) {
  Reader reader(path, longest_side);
  int32_t size[2] = {};
  const bool told = reader.read(size, sizeof size) == sizeof size;
  if (told && size[0] == 0) {
    char text[1024];
    throw Failure(std::string(text, reader.read(text, sizeof text)));
  }
  raster::Pixels pixels{size[0], size[1], {}};
  pixels.rgba.resize(size_t{4} * static_cast<size_t>(size[0]) * static_cast<size_t>(size[1]));
  const size_t bytes = pixels.rgba.size() * sizeof(float);
  if (!told || reader.read(pixels.rgba.data(), bytes) != bytes)
    throw Failure(sentence(_("“%s” cannot be read."), shown(path).c_str()));
  return pixels;
}

} // namespace operation
