// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <glib.h>

namespace pastiche {

// The SHA-256 of bytes that come in pieces.
class Sha256 {
public:
  Sha256() : sum_(g_checksum_new(G_CHECKSUM_SHA256), g_checksum_free) {}

  void add(std::span<const std::byte> bytes) {
    g_checksum_update(sum_.get(), reinterpret_cast<const guchar *>(bytes.data()), static_cast<gssize>(bytes.size()));
  }

  // 64 lower-case digits. Nothing can be added afterwards.
  std::string hexadecimal() const { return g_checksum_get_string(sum_.get()); }

private:
  std::unique_ptr<GChecksum, decltype(&g_checksum_free)> sum_;
};

std::string sha256(std::span<const std::byte> bytes);

// The same of a file's bytes; empty when the file cannot be read. Reads all of it; for any thread.
std::string sha256_of_file(const std::string &path);

} // namespace pastiche
