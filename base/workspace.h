// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

namespace pastiche {

// The file that writing to `path` really means: symbolic links followed. Throws Failure when it is a folder or no plain file.
std::string target_of(const std::string &path);

// A hidden folder beside a file, or a folder, that is about to be written. What is written into it, and whatever a library leaves around
// it, is gone when this ends, unless it was published.
class Workspace {
public:
  // Throws Failure, with the translated reason, when the target's folder is missing or cannot be written to.
  explicit Workspace(const std::string &target);
  ~Workspace();
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

  // Where to write, or to make a folder; of the same name as the target.
  const std::string &file() const { return path; }

  // Makes the file safe on disk and puts it in the target's place, with the permissions of what was there; a folder only in that of an
  // empty one. Throws Failure.
  void publish();

private:
  std::string target;
  std::string folder;
  std::string path;
};

// Makes the folder, and those that it is in, unless they are there. Throws Failure.
void make_folder(const std::string &path);

// Writes a text into a file that appears when it is whole. Throws Failure.
void write_text(const std::string &target, const std::string &text);

// Removes the workspaces that killed processes have left in a folder: those with a file of a name for which `is_ours` is true, and empty
// ones that are older than a minute. Nobody else may be writing those files now.
void remove_abandoned_workspaces(const std::string &folder, const std::function<bool(const std::string &name)> &is_ours);

} // namespace pastiche
