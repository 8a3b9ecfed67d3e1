// SPDX-License-Identifier: GPL-3.0-or-later
#include "museum.h"

#include <glib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/ownfile.h"
#include "base/sentence.h"

namespace museums {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path file() {
  const char *other = std::getenv("PASTICHE_MUSEUMS");
  return other ? other : pastiche::own_data("data/museums.json", "museums.json");
}

// What may stand in an address; all else is written as %20.
std::string escaped(const std::string &text, const char *besides) {
  g_autofree char *escaped = g_uri_escape_string(text.c_str(), besides, FALSE);
  return escaped;
}

} // namespace

std::vector<Museum> museums() {
  const fs::path path = file();
  try {
    std::vector<Museum> all;
    std::ifstream stream(path);
    const Json described = Json::parse(stream);
    if (!described.is_object() || described.empty())
      throw std::invalid_argument(path);
    for (const auto &[key, value] : described.items()) {
      if (!std::ranges::all_of(key, [](char letter) { return g_ascii_isalnum(letter); }))
        throw std::invalid_argument(key);
      all.push_back({.key = key,
                     .name = value.at("name"),
                     .licence = value.at("licence"),
                     .search = value.at("search"),
                     .works = value.at("works"),
                     .work = value.at("work"),
                     .about = value.at("about"),
                     .id = value.at("id"),
                     .public_domain = value.at("public_domain"),
                     .title = value.at("title"),
                     .artist = value.at("artist"),
                     .date = value.at("date"),
                     .page = value.at("page"),
                     .pictures = value.at("pictures"),
                     .thumbnail = value.at("thumbnail")});
      for (const std::string &pointer : {all.back().works, all.back().about})
        Json::json_pointer{pointer};
    }
    return all;
  } catch (const std::exception &error) {
    throw pastiche::Failure(pastiche::sentence(_("The list of museums “%s” cannot be used (%s)."), pastiche::shown(path).c_str(),
                                               pastiche::printable(error.what()).c_str()));
  }
}

std::string filled_in(const std::string &address, const std::function<std::string(const std::string &)> &value) {
  std::string filled;
  for (size_t at = 0; at < address.size();) {
    const size_t begin = std::min(address.find('{', at), address.size()), end = std::min(address.find('}', begin), address.size());
    filled += address.substr(at, begin - at);
    if (begin < address.size()) {
      const std::string text = value(address.substr(begin + 1, end - begin - 1));
      if (text.empty())
        return {};
      const bool whole = begin == 0 && end + 1 == address.size();
      filled += escaped(text, whole ? ":/?#[]@!$&'()*+,;=%" : nullptr);
    }
    at = begin < address.size() ? end + 1 : end;
  }
  return filled;
}

} // namespace museums
