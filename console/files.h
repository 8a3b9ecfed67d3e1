// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// The files of a command line, by its options. What is read is never written over, and nothing is written twice, whatever name it has
// there.
class Files {
public:
  // An empty path is none. Throws UsageError when the file is already to be written.
  void read(const std::string &option, const std::string &path);

  // The file that writing to `path` means, symbolic links followed; it may also be what the option `replaceable` reads. Throws UsageError
  // when it is named already, pastiche::Failure when it cannot be written.
  std::string write(const std::string &option, const std::string &path, std::string_view replaceable = "");

private:
  struct File {
    std::string option, path;
    bool is(const std::string &other) const;
  };
  std::vector<File> read_, written_;
};

} // namespace cli
