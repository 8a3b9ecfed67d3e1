// SPDX-License-Identifier: GPL-3.0-or-later
#include "inputs.h"

#include <fnmatch.h>
#include <glib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "console/usageerror.h"
#include "journal.h"
#include "raster/kinds.h"

namespace batch {
namespace {

namespace fs = std::filesystem;
using cli::UsageError;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

// What is hidden, and what disk stations and systems keep beside pictures: thumbnails, what was thrown away, earlier versions.
bool is_none_of_the_users(const fs::path &path) {
  constexpr const char *names[] = {"@eaDir",     "@Recycle", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information",
                                   "lost+found", "__MACOSX"};
  const std::string name = path.filename();
  return name.starts_with('.') || std::ranges::find(names, name) != std::end(names);
}

// Whether a file in a folder is one of the pictures.
bool is_picture(const fs::path &path, const Settings &settings) {
  return settings.pattern.empty()
             ? raster::kind_by_name(path).has_value()
             : fnmatch(settings.pattern.c_str(), path.filename().c_str(), FNM_PERIOD) == 0 && !is_report(path, settings);
}

// The pictures of a folder as one collection, and those of the folders below as others.
void take_folder(const fs::path &folder, const fs::path &below, const Settings &settings, Inputs &found) {
  std::vector<fs::path> pictures, folders;
  std::error_code error;
  fs::directory_iterator entries(folder.empty() ? "." : folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path path = folder / entries->path().filename();
    std::error_code ignored;
    const bool is_folder = entries->is_directory(ignored);
    if (is_folder ? !settings.recursive || entries->is_symlink(ignored) || fs::equivalent(path, settings.folder, ignored)
                  : !is_picture(path, settings)) {
      if (!is_folder && settings.pattern.empty() && raster::is_foreign(path) && !is_none_of_the_users(path))
        found.foreign.push_back(path);
      continue;
    }
    // A pattern with a dot in front wants what is hidden.
    if (is_none_of_the_users(path) && (is_folder || settings.pattern.empty()))
      found.left_out.push_back(path);
    else
      (is_folder ? folders : pictures).push_back(path);
  }
  if (error)
    found.faults.push_back(sentence(_("The folder “%s” cannot be read: %s."), shown(folder).c_str(), error.message().c_str()));
  std::ranges::sort(pictures, comes_before);
  std::ranges::sort(folders, comes_before);
  if (!pictures.empty()) {
    Collection &collection = found.collections.emplace_back(Collection{folder, {}});
    for (const fs::path &picture : pictures)
      collection.members.push_back({.path = picture, .below = below, .named = false});
  }
  for (const fs::path &inner : folders)
    take_folder(inner, below / inner.filename(), settings, found);
}

bool is_pattern(const std::string &text) { return text.find_first_of("*?[") != std::string::npos; }

// As the shell does it; but a part of the path that is there as it is written stands for itself: a folder may be called “[Rome 2024]”.
std::vector<std::string> matches_of(const fs::path &pattern, Inputs &found) {
  std::vector<fs::path> paths{""};
  for (const fs::path &part : pattern) {
    std::vector<fs::path> further, left_out;
    for (const fs::path &path : paths) {
      std::error_code error;
      if (fs::exists(fs::symlink_status(path / part, error)))
        further.push_back(path / part);
      else if (is_pattern(part))
        for (fs::directory_iterator entries(path.empty() ? "." : path, error); !error && entries != fs::directory_iterator();
             entries.increment(error))
          if (const fs::path name = entries->path().filename(); fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0)
            (is_none_of_the_users(name) ? left_out : further).push_back(path / name);
    }
    paths = std::move(further);
    found.left_out.insert(found.left_out.end(), left_out.begin(), left_out.end());
  }
  std::ranges::sort(paths, comes_before);
  return {paths.begin(), paths.end()};
}

// Whether the words have a file from the same folder.
bool has_file_beside(const std::vector<std::string> &words, const std::string &path) {
  return std::ranges::any_of(words, [parent = fs::path(path).parent_path()](const std::string &word) {
    std::error_code ignored;
    return fs::path(word).parent_path() == parent && fs::is_regular_file(word, ignored);
  });
}

} // namespace

bool comes_before(const std::string &a, const std::string &b) { return strverscmp(a.c_str(), b.c_str()) < 0; }

Inputs find_inputs(const Settings &settings) {
  const std::vector<std::string> &words = settings.inputs;
  Inputs found;
  Collection files{words.empty() ? "" : words.front(), {}};
  const auto is_excluded = [&](const std::string &path) {
    std::error_code ignored;
    return fs::equivalent(path, settings.folder, ignored);
  };
  const auto take = [&](const std::string &path, bool named) {
    std::error_code ignored;
    if (settings.pattern.empty() && !fs::is_directory(path, ignored)) {
      files.members.push_back({.path = path, .below = "", .named = named});
      return;
    }
    const size_t before = found.collections.size() + found.faults.size();
    take_folder(path, "", settings, found);
    if (found.collections.size() + found.faults.size() == before)
      throw UsageError(!settings.pattern.empty() ? sentence(_("No file matches “%s”."), shown(fs::path(path) / settings.pattern).c_str())
                                                 : sentence(settings.recursive ? _("There is no picture in the folder “%s” or below it.")
                                                                               : _("There is no picture in the folder “%s”."),
                                                            shown(path).c_str()));
  };
  for (const std::string &word : words) {
    std::error_code ignored;
    if (!settings.pattern.empty() || fs::exists(word, ignored) || !is_pattern(word)) {
      if (!is_excluded(word) || !has_file_beside(words, word))
        take(word, true);
      continue;
    }
    std::vector<std::string> matches = matches_of(word, found);
    std::erase_if(matches, is_excluded);
    if (matches.empty())
      throw UsageError(sentence(_("No file matches “%s”."), shown(word).c_str()));
    for (const std::string &path : matches)
      take(path, false);
  }
  if (!files.members.empty())
    found.collections.insert(found.collections.begin(), std::move(files));
  if (found.collections.empty() && !found.faults.empty())
    throw Failure(found.faults.front());
  return found;
}

} // namespace batch
