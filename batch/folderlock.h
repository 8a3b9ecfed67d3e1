// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace batch {

// Keeps batches apart that would paint the same results into one folder without knowing of each other: those of other parts, or with
// another report. Parts of one batch work at the same time. A file beside the results holds it, on all machines that share the folder, if
// its file system has locks; the lock ends with the process, however that ends.
class FolderLock {
public:
  // `batch` is the same for all parts of a batch. Waits while another one has the folder, and says so. Throws Failure.
  FolderLock(const std::string &folder, const std::string &batch);
  ~FolderLock();
  FolderLock(const FolderLock &) = delete;
  FolderLock &operator=(const FolderLock &) = delete;

  // For a process that goes on beside this one: lets the file go without giving it free.
  void leave();

private:
  bool is_there() const;
  std::string told() const;

  std::string file;
  int descriptor = -1;
};

} // namespace batch
