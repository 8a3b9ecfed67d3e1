// SPDX-License-Identifier: GPL-3.0-or-later
#include "partialfile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "failure.h"
#include "raster/checksum.h"
#include "raster/sentence.h"
#include "store.h"

namespace models {
namespace {

namespace fs = std::filesystem;
using raster::sentence;
using raster::shown;

constexpr size_t identity_letters = 16;

} // namespace

PartialFile::PartialFile(const std::string &model, const std::string &identity) {
  const fs::path folder = store_folder();
  std::error_code why;
  fs::create_directories(folder, why);
  if (why)
    throw Failure(sentence(_("The folder “%s” cannot be made: %s."), shown(folder).c_str(), why.message().c_str()));
  const std::string prefix = "." + model + "-", ending = ".part";
  path_ = folder / (prefix + raster::sha256(std::as_bytes(std::span(identity))).substr(0, identity_letters) + ending);
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, why)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(prefix) && name.ends_with(ending) && entry.path() != path_)
      fs::remove(entry.path(), why);
  }
  descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct stat status{};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path_).c_str(), std::strerror(errno)));
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor_);
    throw Failure(sentence(_("The model “%s” is being fetched already."), model.c_str()));
  }
  length_ = static_cast<uint64_t>(status.st_size);
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
