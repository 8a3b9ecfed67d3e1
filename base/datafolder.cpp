// SPDX-License-Identifier: GPL-3.0-or-later
#include "datafolder.h"

#include <glib.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace pastiche {
namespace {

constexpr size_t longest_name = 64;

std::filesystem::path home_folder() {
  if (const char *home = std::getenv("HOME"); home && *home)
    return home;
  const passwd *user = getpwuid(getuid());
  return user && *user->pw_dir ? user->pw_dir : "/";
}

} // namespace

std::filesystem::path data_folder() {
  const char *data = std::getenv("XDG_DATA_HOME");
  return (data && *data ? std::filesystem::path(data) : home_folder() / ".local/share") / "pastiche";
}

std::filesystem::path styles_folder() { return data_folder() / "styles"; }

bool is_plain_name(const std::string &name) {
  return !name.empty() && name.size() <= longest_name && g_ascii_isalnum(name[0]) && std::ranges::all_of(name, [](char letter) {
    return g_ascii_isalnum(letter) || std::string_view("._-").find(letter) != std::string_view::npos;
  });
}

} // namespace pastiche
