// SPDX-License-Identifier: GPL-3.0-or-later
#include "collection.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/datafolder.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/sentence.h"
#include "base/tensorindex.h"
#include "models/partialfile.h"
#include "raster/picture.h"

namespace museums {
namespace {

namespace fs = std::filesystem;
using pastiche::Damage;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr uint64_t first_bytes = 16384, most_bytes = 64 << 20;
constexpr int64_t most_pixels = 200'000'000;
constexpr int small = 64; // pixels of the longest side; the whole picture is decoded all the same

// The name of its picture without the ending.
std::string name_of(std::string id) {
  std::ranges::replace(id, ':', '-');
  return id;
}

Failure is_there(const std::string &id, const std::string &path) {
  return Failure(sentence(_("“%s” is there already: “%s”."), id.c_str(), shown(path).c_str()));
}

struct Place {
  Museum museum;
  std::string number;
};

Place place_of(const std::string &id) {
  const size_t colon = std::min(id.find(':'), id.size());
  const std::string key = id.substr(0, colon), number = colon < id.size() ? id.substr(colon + 1) : "";
  if (!pastiche::is_plain_name(number))
    throw Failure(
        sentence(_("“%s” is not the ID of a work, such as artic:27992; “pastiche styles search” shows them."), shown(id).c_str()));
  std::vector<std::string> keys;
  for (Museum &museum : museums()) {
    if (museum.key == key)
      return {std::move(museum), number};
    keys.push_back(museum.key);
  }
  throw Failure(sentence(_("There is no museum “%s”; there are %s."), shown(key).c_str(), pastiche::listed(keys).c_str()));
}

struct Picture {
  raster::Size size;
  std::vector<std::string> notes;
  std::string ending; // ".jpg"
};

// Throws Damage.
Picture read_picture(const std::string &file) {
  try {
    const raster::Size size = raster::size_of(file);
    if (int64_t{size.width} * size.height > most_pixels)
      throw Damage(sentence(_("it has %d × %d pixels"), size.width, size.height));
    return {size, raster::load(file, small).notes, raster::ending_of(raster::kind_of(file))};
  } catch (const Failure &) { // which tells of a file that nobody has seen
    throw Damage(_("it cannot be read"));
  }
}

// Throws Failure.
Fetched keep(const std::string &file, const Picture &picture, const Credit &credit) {
  const std::string path = pastiche::styles_folder() / (name_of(credit.id) + picture.ending);
  if (std::error_code ignored; fs::exists(path, ignored))
    throw is_there(credit.id, path);
  write_credit(path, credit); // first, so that no picture is ever there without it
  if (!pastiche::make_durable(file) || std::rename(file.c_str(), path.c_str()) != 0)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(path).c_str(), std::strerror(errno)));
  // Notes name the file that was read, so that they are asked for again.
  return {{credit, path}, picture.size.width, picture.size.height, picture.notes.empty() ? picture.notes : raster::load(path, small).notes};
}

Fetched fetch_picture(const Credit &credit, const std::string &address, const Network &network) {
  models::Download download(address, network.stall_seconds, network.progress);
  network.asking(host_of(address));
  download.read_head(first_bytes);
  models::PartialFile partial(pastiche::styles_folder(), name_of(credit.id), download.identity());
  try {
    download.fetch(partial, {{0, download.file_bytes()}}, most_bytes);
    return keep(partial.path(), read_picture(partial.path()), credit);
  } catch (const Damage &damage) {
    partial.discard();
    throw models::NotThere(sentence(_("What was fetched from “%s” is no picture that can be kept (%s); nothing of it was kept."),
                                    address.c_str(), damage.what()));
  }
}

} // namespace

std::vector<Kept> kept_works() {
  constexpr std::string_view ending = ".json";
  std::vector<Kept> works;
  std::error_code ignored;
  for (const fs::directory_entry &entry : fs::directory_iterator(pastiche::styles_folder(), ignored)) {
    if (entry.path().extension() != ending)
      continue;
    const fs::path picture = fs::path(entry.path()).replace_extension();
    if (const auto credit = credit_of(picture); credit && name_of(credit->id) == picture.stem() && fs::is_regular_file(picture, ignored))
      works.push_back({*credit, picture});
  }
  std::ranges::sort(works, {}, [](const Kept &work) { return work.credit.id; });
  return works;
}

Kept kept_work(const std::string &id) {
  for (Kept &work : kept_works())
    if (work.credit.id == id)
      return work;
  throw Failure(sentence(_("There is no fetched work “%s”; “pastiche styles list” shows those that are there."), shown(id).c_str()));
}

Fetched fetch(const std::string &id, const Network &network) {
  const Place place = place_of(id);
  for (const Kept &work : kept_works())
    if (work.credit.id == id)
      throw is_there(id, work.path);
  raster::codecs(); // says by itself what is wrong with it
  const Work work = find(place.museum, place.number, network);
  if (!work.public_domain)
    throw Failure(sentence(_("%s does not mark “%s” (%s) as being in the public domain, so it is not fetched."), work.credit.museum.c_str(),
                           work.credit.title.c_str(), id.c_str()));
  if (work.pictures.empty())
    throw Failure(sentence(_("%s has no picture of “%s” (%s)."), work.credit.museum.c_str(), work.credit.title.c_str(), id.c_str()));
  for (const std::string &address : work.pictures)
    try {
      return fetch_picture(work.credit, address, network);
    } catch (const models::NotThere &) { // museums do not have all sizes of all works
      if (&address == &work.pictures.back())
        throw;
    }
  return {};
}

void remove(const Kept &work) {
  std::error_code why;
  fs::remove(work.path, why);
  if (why)
    throw Failure(sentence(_("“%s” cannot be removed: %s."), shown(work.path).c_str(), why.message().c_str()));
  fs::remove(credit_file(work.path), why);
}

} // namespace museums
