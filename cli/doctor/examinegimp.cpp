// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/i18n.h"
#include "base/sentence.h"
#include "finding.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using pastiche::sentence;
using Text = std::unique_ptr<char, decltype(&g_free)>;

constexpr int oldest_version = 3;

std::string find_gimp() {
  for (const char *name : {"gimp-3.0", "gimp-3", "gimp-console-3", "gimp"})
    if (const Text path(g_find_program_in_path(name), g_free); path)
      return path.get();
  return {};
}

struct Version {
  int major = 0, minor = 0;
  std::string text; // "3.0.4"
};

// From "GNU Image Manipulation Program version 3.0.4"; major 0 when GIMP does not say.
Version version_of(const std::string &gimp) {
  std::string program = gimp, option = "--version";
  std::array<char *, 3> arguments{program.data(), option.data(), nullptr};
  char *output = nullptr;
  Version version;
  if (g_spawn_sync(nullptr, arguments.data(), nullptr, G_SPAWN_STDERR_TO_DEV_NULL, nullptr, nullptr, &output, nullptr, nullptr, nullptr)) {
    const std::string said(Text(output, g_free).get());
    // The last word that begins with a digit: the words around it are translated.
    for (size_t at = said.size(); at-- > 0 && version.text.empty();)
      if (g_ascii_isdigit(said[at]) && (at == 0 || g_ascii_isspace(said[at - 1])))
        version.text = said.substr(at, said.find_first_not_of("0123456789.", at) - at);
    std::sscanf(version.text.c_str(), "%d.%d", &version.major, &version.minor);
  }
  return version;
}

// Folders that this GIMP takes plug-ins from: the user's own, and its own beside its program or where Pastiche is installed.
std::vector<fs::path> plug_in_folders(const fs::path &gimp, const Version &version) {
  const std::string number = std::to_string(version.major) + "." + std::to_string(version.minor);
  const char *own = std::getenv("GIMP3_DIRECTORY");
  const fs::path user = own && *own ? fs::path(own) : fs::path(g_get_user_config_dir()) / "GIMP" / number;
  std::vector<fs::path> folders{user / "plug-ins"};
  const fs::path prefix = gimp.parent_path().parent_path();
  for (const fs::path &libraries : {fs::path(PASTICHE_CORE_DIR).parent_path(), prefix / "lib", prefix / "lib64"})
    folders.push_back(libraries / "gimp" / "3.0" / "plug-ins"); // the number of its interface, also in GIMP 3.2
  return folders;
}

bool is_flatpak_there() {
  const fs::path application = "flatpak/app/org.gimp.GIMP";
  std::error_code ignored;
  return fs::exists("/var/lib" / application, ignored) || fs::exists(fs::path(g_get_user_data_dir()) / application, ignored);
}

} // namespace

Findings examine_gimp() {
  const std::string gimp = find_gimp();
  if (gimp.empty() && is_flatpak_there())
    return {{Health::note,
             _("GIMP is there as a Flatpak, to which only Pastiche's archive for every Linux brings the filter; install that, or GIMP from "
               "your distribution beside it."),
             "sudo apt install gimp ./gimp-pastiche_*.deb"}};
  if (gimp.empty())
    return {{Health::note, _("GIMP is not installed; the command line works without it."), "sudo apt install gimp ./gimp-pastiche_*.deb"}};
  const Version version = version_of(gimp);
  const std::string name = pastiche::shown(gimp);
  if (version.major == 0)
    return {
        {Health::missing, sentence(_("“%s” does not tell its version, so something is wrong with GIMP; install it again."), name.c_str())}};
  if (version.major < oldest_version)
    return {{Health::missing,
             sentence(_("GIMP %s is too old for Pastiche's filter; it needs GIMP 3.0, which Debian 13, Ubuntu 25.04 and Fedora "
                        "42 have."),
                      version.text.c_str())}};
  for (const fs::path &folder : plug_in_folders(gimp, version))
    if (access((folder / "pastiche" / "pastiche").c_str(), X_OK) == 0)
      return {{Health::well,
               sentence(_("GIMP %s finds the filter in “%s”."), version.text.c_str(), pastiche::shown(folder / "pastiche").c_str())}};
  return {{Health::missing,
           sentence(_("GIMP %s is there, but Pastiche's filter is not where it looks for plug-ins."), version.text.c_str()),
           "sudo apt install ./gimp-pastiche_*.deb"}};
}

} // namespace cli
