// SPDX-License-Identifier: GPL-3.0-or-later
#include "recentstyles.h"

#include <libgimp/gimp.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/datafolder.h"

namespace plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_recent = 24;
constexpr size_t most_in_folders = 200; // who has more finds them with the file chooser

fs::path list_path() { return pastiche::data_folder() / "recent-styles"; }

bool exists(const std::string &uri) {
  g_autoptr(GFile) file = g_file_new_for_uri(uri.c_str());
  return g_file_query_exists(file, nullptr);
}

bool is_picture(const std::string &name) {
  g_autofree char *type = g_content_type_guess(name.c_str(), nullptr, 0, nullptr);
  g_autofree char *mime = g_content_type_get_mime_type(type);
  return mime && g_str_has_prefix(mime, "image/");
}

} // namespace

std::vector<std::string> read_recent_styles() {
  g_autofree char *text = nullptr;
  if (!g_file_get_contents(list_path().c_str(), &text, nullptr, nullptr))
    return {};
  std::vector<std::string> uris;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && uris.size() < most_recent;)
    if (g_uri_is_valid(line.c_str(), G_URI_FLAGS_NONE, nullptr) && exists(line))
      uris.push_back(line);
  return uris;
}

void remember_styles(const std::vector<std::string> &uris) {
  std::vector<std::string> all = uris;
  for (const std::string &uri : read_recent_styles())
    if (std::find(all.begin(), all.end(), uri) == all.end())
      all.push_back(uri);
  std::string text;
  for (size_t i = 0; i < std::min(all.size(), most_recent); ++i)
    text += all[i] + '\n';
  // It is a convenience: where it cannot be written, nobody need be told. g_file_set_contents renames a whole file into place.
  g_mkdir_with_parents(list_path().parent_path().c_str(), 0700);
  g_file_set_contents(list_path().c_str(), text.data(), static_cast<gssize>(text.size()), nullptr);
}

std::vector<std::string> find_folder_styles() {
  std::vector<fs::path> folders{pastiche::styles_folder()};
  for (const char *const *folder = g_get_system_data_dirs(); *folder; ++folder)
    folders.push_back(fs::path(*folder) / "pastiche" / "styles");
  folders.push_back(fs::path(gimp_directory()) / "pastiche-styles");

  std::vector<std::string> uris;
  for (const fs::path &folder : folders) {
    std::vector<std::string> here;
    std::error_code ignored;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder, ignored))
      if (is_picture(entry.path().filename()))
        if (g_autofree char *uri = g_filename_to_uri(entry.path().c_str(), nullptr, nullptr))
          here.push_back(uri);
    std::sort(here.begin(), here.end());
    uris.insert(uris.end(), here.begin(), here.end());
  }
  uris.resize(std::min(uris.size(), most_in_folders));
  return uris;
}

} // namespace plugin
