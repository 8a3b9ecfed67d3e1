// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.h"

#include <algorithm>
#include <filesystem>

#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "usageerror.h"

namespace cli {
namespace {

[[noreturn]] void refuse(const std::string &option, const std::string &other) {
  throw UsageError(pastiche::sentence(_("%s and %s are the same file."), option.c_str(), other.c_str()));
}

} // namespace

bool Files::File::is(const std::string &other) const {
  std::error_code ignored;
  return path == other || std::filesystem::equivalent(path, other, ignored);
}

void Files::read(const std::string &option, const std::string &path) {
  if (path.empty())
    return;
  for (const File &file : written_)
    if (file.is(path))
      refuse(file.option, option);
  read_.push_back({option, path});
}

std::string Files::write(const std::string &option, const std::string &path, std::string_view replaceable) {
  const std::string target = pastiche::target_of(path);
  // What may be replaced may also be read as something else: a photograph as its own style.
  const bool may_replace = std::ranges::any_of(read_, [&](const File &file) { return file.option == replaceable && file.is(target); });
  for (const auto *files : {&read_, &written_})
    for (const File &file : *files)
      if (file.is(target) && !(may_replace && files == &read_))
        refuse(option, file.option);
  written_.push_back({option, target});
  const pastiche::Workspace probe(target); // tells whether it can be written
  return target;
}

} // namespace cli
