// SPDX-License-Identifier: GPL-3.0-or-later
#include "modelhash.h"

#include <map>

#include "base/checksum.h"

namespace batch {

const std::string &hash_of_model(const std::string &path) {
  static std::map<std::string, std::string> known;
  const auto [entry, is_new] = known.try_emplace(path);
  if (is_new && !path.empty())
    entry->second = pastiche::sha256_of_file(path);
  return entry->second;
}

} // namespace batch
