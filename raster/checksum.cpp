// SPDX-License-Identifier: GPL-3.0-or-later
#include "checksum.h"

#include <glib.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace raster {

std::string sha256_of_file(const std::string &path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return {};
  const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> checksum(g_checksum_new(G_CHECKSUM_SHA256), g_checksum_free);
  std::vector<guchar> block(1 << 16);
  while (const size_t read = std::fread(block.data(), 1, block.size(), file.get()))
    g_checksum_update(checksum.get(), block.data(), static_cast<gssize>(read));
  return std::ferror(file.get()) ? "" : g_checksum_get_string(checksum.get());
}

std::string sha256_of(const std::string &text) {
  const std::unique_ptr<char, decltype(&g_free)> sum(
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, reinterpret_cast<const guchar *>(text.data()), text.size()), g_free);
  return sum.get();
}

} // namespace raster
