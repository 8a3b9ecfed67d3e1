// SPDX-License-Identifier: GPL-3.0-or-later
#include "mappedfile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "failure.h"
#include "i18n.h"

namespace pastiche {

MappedFile::MappedFile(const std::filesystem::path &path) {
  // Not waiting: the path may name a pipe that nobody writes to.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const int why = errno;
  struct stat status{};
  const bool is_file = descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  const auto length = static_cast<size_t>(status.st_size);
  void *start = is_file && length > 0 ? mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor, 0) : nullptr;
  if (descriptor >= 0)
    close(descriptor);
  if (descriptor < 0 ? why != EACCES : !is_file)
    throw Failure(sentence(_("There is no model file “%s”; check the name of the model."), path.c_str()));
  if (descriptor < 0 || start == MAP_FAILED)
    throw Failure(sentence(_("The model file “%s” cannot be read; check its permissions."), path.c_str()));
  if (start)
    bytes_ = {static_cast<const std::byte *>(start), length};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty())
    munmap(const_cast<std::byte *>(bytes_.data()), bytes_.size());
}

} // namespace pastiche
