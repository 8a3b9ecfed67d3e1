// SPDX-License-Identifier: GPL-3.0-or-later
#include "inputs.h"

#include <glob.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include "commandline.h"
#include "core/i18n.h"
#include "failure.h"
#include "raster/kinds.h"
#include "raster/sentence.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using raster::sentence;
using raster::shown;

bool comes_before(const fs::path &a, const fs::path &b) {
  const int order = strverscmp(a.c_str(), b.c_str());
  return order < 0;
}

// The pictures of a folder as one collection, and those of the folders below as others.
void take_folder(const fs::path &folder, const fs::path &below, bool recursive, const fs::path &excluded, std::vector<Collection> &found) {
  std::vector<fs::path> pictures, folders;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path &path = entries->path();
    if (path.filename().string().starts_with('.'))
      continue;
    std::error_code ignored;
    if (!entries->is_directory(ignored)) {
      if (raster::kind_by_name(path))
        pictures.push_back(path);
    } else if (recursive && !entries->is_symlink(ignored) && !fs::equivalent(path, excluded, ignored)) {
      folders.push_back(path);
    }
  }
  if (error)
    throw Failure(sentence(_("The folder “%s” cannot be read: %s."), shown(folder).c_str(), error.message().c_str()));
  std::ranges::sort(pictures, comes_before);
  std::ranges::sort(folders, comes_before);
  if (!pictures.empty()) {
    Collection &collection = found.emplace_back(Collection{folder, {}});
    for (const fs::path &picture : pictures)
      collection.members.push_back({.path = picture, .below = below, .named = false});
  }
  for (const fs::path &inner : folders)
    take_folder(inner, below / inner.filename(), recursive, excluded, found);
}

std::vector<std::string> matches_of(const std::string &pattern) {
  glob_t matches{};
  const int status = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
  const std::unique_ptr<glob_t, decltype(&globfree)> owner(&matches, globfree);
  std::vector<std::string> paths;
  if (status == 0)
    paths.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  std::ranges::sort(paths, comes_before);
  return paths;
}

// Whether the words have a file from the same folder.
bool has_file_beside(const std::vector<std::string> &words, const std::string &path) {
  return std::ranges::any_of(words, [parent = fs::path(path).parent_path()](const std::string &word) {
    std::error_code ignored;
    return fs::path(word).parent_path() == parent && fs::is_regular_file(word, ignored);
  });
}

} // namespace

std::vector<Collection> find_inputs(const std::vector<std::string> &words, bool recursive, const std::string &excluded) {
  std::vector<Collection> found;
  Collection files{words.empty() ? "" : words.front(), {}};
  const auto is_excluded = [&](const std::string &path) {
    std::error_code ignored;
    return fs::equivalent(path, excluded, ignored);
  };
  const auto take = [&](const std::string &path, bool named) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      files.members.push_back({.path = path, .below = "", .named = named});
      return;
    }
    const size_t before = found.size();
    take_folder(path, "", recursive, excluded, found);
    if (found.size() == before)
      throw UsageError(
          sentence(recursive ? _("There is no picture in the folder “%s” or below it.") : _("There is no picture in the folder “%s”."),
                   shown(path).c_str()));
  };
  for (const std::string &word : words) {
    std::error_code ignored;
    if (fs::exists(word, ignored) || word.find_first_of("*?[") == std::string::npos) {
      if (!is_excluded(word) || !has_file_beside(words, word))
        take(word, true);
      continue;
    }
    std::vector<std::string> matches = matches_of(word);
    std::erase_if(matches, is_excluded);
    if (matches.empty())
      throw UsageError(sentence(_("No file matches “%s”."), shown(word).c_str()));
    for (const std::string &path : matches)
      take(path, false);
  }
  if (!files.members.empty())
    found.insert(found.begin(), std::move(files));
  return found;
}

} // namespace cli
