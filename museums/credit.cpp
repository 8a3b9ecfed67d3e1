// SPDX-License-Identifier: GPL-3.0-or-later
#include "credit.h"

#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/sentence.h"
#include "base/workspace.h"

namespace museums {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::pair<const char *, std::string Credit::*> fields[] = {
    {"id", &Credit::id},         {"title", &Credit::title},     {"artist", &Credit::artist},   {"date", &Credit::date},
    {"museum", &Credit::museum}, {"licence", &Credit::licence}, {"address", &Credit::address},
};

} // namespace

std::string credit_line(const Credit &credit) {
  std::string line;
  for (const std::string *text : {&credit.title, &credit.artist, &credit.date})
    if (!text->empty())
      line += (line.empty() ? "" : ", ") + *text;
  return line + " (" + credit.museum + ", " + credit.licence + ")";
}

std::string credit_file(const std::string &picture) { return picture + ".json"; }

std::optional<Credit> credit_of(const std::string &picture) {
  constexpr std::streamsize most_bytes = 1 << 16;
  std::string text(most_bytes, '\0');
  std::ifstream file(credit_file(picture), std::ios::binary);
  file.read(text.data(), most_bytes);
  text.resize(static_cast<size_t>(file.gcount()));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    return {};
  Credit credit;
  for (const auto &[name, field] : fields) {
    const auto value = json.find(name);
    if (value == json.end() || !value->is_string())
      return {};
    credit.*field = pastiche::printable(*value);
  }
  return credit;
}

Json as_json(const Credit &credit) {
  Json json;
  for (const auto &[name, field] : fields)
    json[name] = credit.*field;
  return json;
}

void write_credit(const std::string &picture, const Credit &credit) {
  pastiche::write_text(credit_file(picture), as_json(credit).dump(2) + "\n");
}

} // namespace museums
