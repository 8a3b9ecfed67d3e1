// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/failure.h"
#include "durable.h"
#include "i18n.h"
#include "sentence.h"

namespace pastiche {
namespace {

namespace fs = std::filesystem;

constexpr const char *prefix = ".pastiche-", *unique = "XXXXXX";

[[noreturn]] void fail_to_write(const std::string &target) {
  throw Failure(sentence(_("“%s” cannot be written: %s."), shown(target).c_str(), std::strerror(errno)));
}

} // namespace

std::string target_of(const std::string &path) {
  std::error_code error;
  const fs::path followed = fs::weakly_canonical(fs::absolute(path), error);
  if (error)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path).c_str(), error.message().c_str()));
  const fs::file_status status = fs::status(followed, error);
  if (fs::is_directory(status))
    throw Failure(sentence(_("“%s” is a folder; give the name of a file."), shown(path).c_str()));
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Failure(sentence(_("“%s” is not a file."), shown(path).c_str()));
  if (fs::exists(status) && access(followed.c_str(), W_OK) != 0)
    fail_to_write(path);
  return followed;
}

Workspace::Workspace(const std::string &target) : target(target) {
  const fs::path parent = fs::path(target).parent_path();
  std::error_code error;
  if (!fs::is_directory(parent, error))
    throw Failure(sentence(_("There is no folder “%s”."), shown(parent).c_str()));
  std::string pattern = parent / (std::string(prefix) + unique);
  if (!mkdtemp(pattern.data()))
    throw Failure(sentence(_("The folder “%s” cannot be written to: %s."), shown(parent).c_str(), std::strerror(errno)));
  folder = pattern;
  path = fs::path(folder) / fs::path(target).filename();
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

void Workspace::publish() {
  if (!make_durable(path))
    fail_to_write(target);
  struct stat before{};
  if (stat(target.c_str(), &before) == 0)
    chmod(path.c_str(), before.st_mode & 07777);
  if (rename(path.c_str(), target.c_str()) != 0)
    fail_to_write(target);
}

void make_folder(const std::string &path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw Failure(sentence(_("The folder “%s” cannot be made: %s."), shown(path).c_str(), error.message().c_str()));
}

void write_text(const std::string &target, const std::string &text) {
  Workspace workspace(target);
  errno = 0;
  std::ofstream file(workspace.file());
  file << text;
  file.close();
  if (file.fail())
    fail_to_write(target);
  workspace.publish();
}

void remove_abandoned_workspaces(const std::string &folder, const std::function<bool(const std::string &name)> &is_ours) {
  std::error_code error, ignored;
  const size_t length = std::strlen(prefix) + std::strlen(unique);
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(prefix) || name.size() != length || !entry.is_directory(ignored))
      continue;
    bool abandoned = false, empty = true;
    for (const fs::directory_entry &inside : fs::directory_iterator(entry.path(), ignored)) {
      empty = false;
      abandoned |= is_ours(inside.path().filename());
    }
    // A live one is filled at once.
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
    if (abandoned || (empty && age > std::chrono::minutes(1)))
      fs::remove_all(entry.path(), ignored);
  }
}

} // namespace pastiche
