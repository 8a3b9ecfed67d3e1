// SPDX-License-Identifier: GPL-3.0-or-later
#include "folderlock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"

namespace batch {
namespace {

using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

int lock(int descriptor, int how) {
  int result = 0;
  while ((result = flock(descriptor, how)) != 0 && errno == EINTR) {
  }
  return result;
}

} // namespace

FolderLock::FolderLock(const std::string &folder, const std::string &batch) : file(std::filesystem::path(folder) / ".pastiche-batch.lock") {
  for (bool waited = false;; waited = true) {
    descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      return; // where no file can be made, no result can
    // Who is alone says which batch has the folder. All of its parts hold the lock together.
    if (lock(descriptor, LOCK_EX | LOCK_NB) == 0) {
      if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, batch.data(), batch.size(), 0) != static_cast<ssize_t>(batch.size())) {
        const Failure failure(sentence(_("“%s” cannot be written: %s."), shown(file).c_str(), std::strerror(errno)));
        leave();
        throw failure;
      }
    } else if (errno != EWOULDBLOCK) {
      return; // where files cannot be locked, it has to go without
    }
    lock(descriptor, LOCK_SH);
    if (is_there() && told() == batch)
      return;
    if (is_there() && !waited)
      std::fprintf(stderr, _("Waiting for another batch that paints into “%s”.\n"), shown(folder).c_str());
    lock(descriptor, LOCK_UN);
    lock(descriptor, LOCK_EX);
    leave();
  }
}

FolderLock::~FolderLock() {
  if (descriptor >= 0 && lock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_there())
    unlink(file.c_str()); // the last one
  leave();
}

void FolderLock::leave() {
  if (descriptor >= 0)
    close(descriptor);
  descriptor = -1;
}

// Whether the file that is held is still the one of this name: it is removed by the last one.
bool FolderLock::is_there() const {
  struct stat held{}, there{};
  return fstat(descriptor, &held) == 0 && stat(file.c_str(), &there) == 0 && held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

std::string FolderLock::told() const {
  std::array<char, 8192> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
  return {text.data(), static_cast<size_t>(std::max<ssize_t>(length, 0))};
}

} // namespace batch
