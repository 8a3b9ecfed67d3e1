// SPDX-License-Identifier: GPL-3.0-or-later
#include "description.h"

#include <gio/gio.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "museums/credit.h"
#include "styles/gallery.h"

namespace plugin {

Description describe_style(const std::string &uri) {
  const std::vector<pastiche::GalleryStyle> &gallery = pastiche::gallery_styles();
  const auto built_in = std::ranges::find(gallery, uri, &pastiche::GalleryStyle::uri);
  if (built_in != gallery.end()) {
    const std::string text = built_in->title + "\n" + built_in->category;
    return {built_in->title, text, text};
  }
  g_autoptr(GFile) file = g_file_new_for_uri(uri.c_str());
  g_autofree char *path = g_file_get_path(file);
  const std::optional<museums::Credit> credit = path ? museums::credit_of(path) : std::nullopt;
  g_autofree char *name = g_file_get_parse_name(file);
  const std::string stem = std::filesystem::path(name).stem();
  if (credit)
    return {credit->title.empty() ? stem : credit->title, museums::credit_line(*credit), museums::credit_line(*credit)};
  return {stem, name, stem};
}

} // namespace plugin
