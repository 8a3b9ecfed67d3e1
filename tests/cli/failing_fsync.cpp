// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded, it stands for a file system whose fsync() fails with the error that FSYNC_ERROR names by its number.
#include <cerrno>
#include <cstdlib>

extern "C" int fsync(int) {
  errno = std::atoi(std::getenv("FSYNC_ERROR"));
  return -1;
}
