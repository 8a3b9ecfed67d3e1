// SPDX-License-Identifier: GPL-3.0-or-later
#include "durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace pastiche {

bool make_durable(const std::filesystem::path &path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  const int why = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  errno = why;
  return why == 0 || why == EINVAL || why == ENOTSUP || why == ENOSYS;
}

} // namespace pastiche
