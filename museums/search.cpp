// SPDX-License-Identifier: GPL-3.0-or-later
#include "search.h"

#include <glib.h>

#include <nlohmann/json.hpp>

#include "base/datafolder.h"
#include "base/sentence.h"

namespace museums {
namespace {

using nlohmann::json;
using pastiche::Failure;
using pastiche::sentence;

constexpr uint64_t most_answer_bytes = 16 << 20; // The Met's list of all that it has takes 4 MB
constexpr uint64_t most_thumbnail_bytes = 4 << 20;
constexpr size_t longest_text = 1000; // bytes
constexpr int asked_for_each = 4;     // works asked about in vain or not, for each that is wanted

Failure not_understood(const Museum &museum, const std::string &why) {
  return Failure(sentence(_("%s answers in a form that is not understood (%s)."), museum.name.c_str(), why.c_str()));
}

// What stands at `pointer` in the answer; null when nothing does.
json ask(const Museum &museum, const std::string &address, const std::string &pointer, const Network &network) {
  models::Download download(address, network.stall_seconds, network.progress);
  network.asking(host_of(address));
  json answer = json::parse(download.read_all(most_answer_bytes), nullptr, false);
  if (answer.is_discarded())
    throw not_understood(museum, _("it is not JSON"));
  const json::json_pointer place(pointer);
  return answer.contains(place) ? std::move(answer.at(place)) : json();
}

// A field as a text on one line that is not too long; empty when it is not there.
std::string text_in(const Museum &museum, const json &object, const std::string &name) {
  const auto value = object.find(name);
  if (value == object.end() || value->is_null())
    return {};
  if (value->is_number_integer())
    return value->dump();
  if (!value->is_string())
    throw not_understood(museum, sentence(_("“%s” is no text"), name.c_str()));
  std::string text;
  for (const char letter : value->get<std::string>().substr(0, longest_text)) {
    if (letter == '\n')
      text += ", ";
    else if (letter != '\r')
      text += letter;
  }
  return pastiche::printable(text);
}

// What a museum calls a work.
std::string number_in(const Museum &museum, const json &value) {
  const std::string number = value.is_string() ? value.get<std::string>() : value.is_number_integer() ? value.dump() : "";
  if (!pastiche::is_plain_name(number))
    throw not_understood(museum, _("a work has no number"));
  return number;
}

Work read_work(const Museum &museum, const json &object) {
  if (!object.is_object())
    throw not_understood(museum, _("there is no work"));
  const auto text = [&](const std::string &name) { return text_in(museum, object, name); };
  Work work;
  work.credit = {.id = museum.key + ":" + number_in(museum, object.value(museum.id, json())),
                 .title = text(museum.title),
                 .artist = text(museum.artist),
                 .date = text(museum.date),
                 .museum = museum.name,
                 .licence = museum.licence,
                 .address = filled_in(museum.page, text)};
  const json rights = object.value(museum.public_domain, json(false));
  if (!rights.is_boolean())
    throw not_understood(museum, sentence(_("“%s” is neither true nor false"), museum.public_domain.c_str()));
  work.public_domain = rights;
  for (const std::string &picture : museum.pictures)
    if (const std::string address = filled_in(picture, text); !address.empty())
      work.pictures.push_back(address);
  work.thumbnail = filled_in(museum.thumbnail, text);
  return work;
}

} // namespace

std::string host_of(const std::string &address) {
  g_autoptr(GUri) uri = g_uri_parse(address.c_str(), G_URI_FLAGS_NONE, nullptr);
  return uri && g_uri_get_host(uri) ? g_uri_get_host(uri) : address;
}

Work find(const Museum &museum, const std::string &number, const Network &network) {
  const std::string address = filled_in(museum.work, [&](const std::string &) { return number; });
  Work work = read_work(museum, ask(museum, address, museum.about, network));
  if (work.credit.id != museum.key + ":" + number)
    throw not_understood(museum, _("it is another work"));
  return work;
}

std::vector<std::string> search(const Museum &museum, const std::string &words, int limit, const Network &network,
                                const std::function<void(const Work &)> &found) {
  const std::string address =
      filled_in(museum.search, [&](const std::string &name) { return name == "limit" ? std::to_string(limit) : words; });
  const json list = ask(museum, address, museum.works, network);
  if (!list.is_array() && !list.is_null())
    throw not_understood(museum, _("there is no list of works"));
  std::vector<std::string> faults;
  int count = 0, looked_at = 0;
  for (const json &entry : list) {
    if (count == limit || looked_at++ == asked_for_each * limit)
      break;
    try {
      const Work work = entry.is_object() ? read_work(museum, entry) : find(museum, number_in(museum, entry), network);
      if (!work.public_domain || work.pictures.empty())
        continue;
      ++count;
      found(work);
    } catch (const models::Interruption &fault) { // the next one would do no better
      faults.emplace_back(fault.what());
      break;
    } catch (const Failure &fault) {
      faults.emplace_back(fault.what());
    }
  }
  return faults;
}

std::string read_thumbnail(const Work &work, const Network &network) {
  if (work.thumbnail.empty())
    return {};
  models::Download download(work.thumbnail, network.stall_seconds, network.progress);
  network.asking(host_of(work.thumbnail));
  return download.read_all(most_thumbnail_bytes);
}

} // namespace museums
