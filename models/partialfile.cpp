// SPDX-License-Identifier: GPL-3.0-or-later
#include "partialfile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/sentence.h"

namespace models {
namespace {

namespace fs = std::filesystem;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr size_t identity_letters = 16;

// Throws Failure when the file cannot be opened or another process has it.
int open_alone(const fs::path &path, const std::string &name) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path).c_str(), std::strerror(errno)));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor);
    throw Failure(sentence(_("“%s” is being fetched already."), name.c_str()));
  }
  return descriptor;
}

} // namespace

PartialFile::PartialFile(const std::string &folder, const std::string &name, const std::string &identity) {
  std::error_code why;
  fs::create_directories(folder, why);
  if (why)
    throw Failure(sentence(_("The folder “%s” cannot be made: %s."), shown(folder).c_str(), why.message().c_str()));
  const std::string prefix = "." + name + "-", ending = ".part";
  const std::string own_name = prefix + pastiche::sha256(std::as_bytes(std::span(identity))).substr(0, identity_letters) + ending;
  path_ = fs::path(folder) / own_name;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, why)) {
    const std::string found = entry.path().filename();
    // The length tells them from those of a name that goes on with a dash.
    if (!found.starts_with(prefix) || !found.ends_with(ending) || found.size() != own_name.size() || found == own_name)
      continue;
    const int other = open_alone(entry.path(), name);
    fs::remove(entry.path(), why);
    close(other);
  }
  descriptor_ = open_alone(path_, name);
  length_ = static_cast<uint64_t>(lseek(descriptor_, 0, SEEK_END));
}

PartialFile::~PartialFile() { close(descriptor_); }

void PartialFile::write(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path_).c_str(), std::strerror(errno)));
    offset += static_cast<uint64_t>(written);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  length_ = std::max(length_, offset);
}

void PartialFile::empty() {
  if (ftruncate(descriptor_, 0) != 0)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path_).c_str(), std::strerror(errno)));
  length_ = 0;
}

void PartialFile::discard() { unlink(path_.c_str()); }

} // namespace models
