// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/i18n.h"
#include "base/modelsfolder.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "cli/paint/paint.h"
#include "cli/paint/pathinjson.h"
#include "host/door.h"
#include "modelhash.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr auto replace = Json::error_handler_t::replace; // of a path that is no UTF-8

fs::path whole_report_of(const Batch &batch) {
  return batch.report.empty() ? fs::path(batch.folder) / "pastiche-batch.jsonl" : fs::path(batch.report);
}

std::string now() {
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> time(g_date_time_new_now_utc(), g_date_time_unref);
  const std::unique_ptr<char, decltype(&g_free)> text(g_date_time_format(time.get(), "%Y-%m-%dT%H:%M:%S.%fZ"), g_free);
  return text.get();
}

// "report.jsonl" and all "report.3-of-8.jsonl".
bool belongs_to(const fs::path &path, const fs::path &report) {
  const std::string name = path.filename(), stem = report.stem(), ending = report.extension();
  if (name == report.filename())
    return true;
  if (!name.starts_with(stem + ".") || !name.ends_with(ending) || name.size() < stem.size() + 1 + ending.size())
    return false;
  const std::string shard = name.substr(stem.size() + 1, name.size() - stem.size() - 1 - ending.size());
  const size_t of = shard.find("-of-");
  const auto is_number = [](const std::string &text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos; };
  return of != std::string::npos && is_number(shard.substr(0, of)) && is_number(shard.substr(of + 4));
}

} // namespace

std::string report_of(const Batch &batch) {
  const fs::path whole = whole_report_of(batch);
  if (batch.shards == 1)
    return whole;
  return whole.parent_path() / (whole.stem().string() + sentence(".%d-of-%d", batch.shard, batch.shards) + whole.extension().string());
}

Journal::Journal(const Batch &batch) : file_(pastiche::target_of(report_of(batch))) {
  const fs::path report = pastiche::target_of(whole_report_of(batch));
  const auto fail = [&] { throw Failure(sentence(_("“%s” cannot be written: %s."), shown(file_).c_str(), std::strerror(errno))); };
  descriptor = open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    fail();
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    std::fprintf(stderr, _("Waiting for another batch that writes “%s”.\n"), shown(file_).c_str());
    while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
    }
  } // where files cannot be locked, it has to go without

  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(report.parent_path(), error))
    if (belongs_to(entry.path(), report))
      read(entry.path());

  // A line that a kill has cut short must not run into the next.
  struct stat status{};
  char last = '\n';
  if (fstat(descriptor, &status) == 0 && status.st_size > 0 && pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n' &&
      write(descriptor, "\n", 1) != 1)
    fail();
}

Journal::~Journal() { leave(); }

void Journal::leave() {
  if (descriptor >= 0)
    close(descriptor);
  descriptor = -1;
}

void Journal::read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  for (std::string text; std::getline(file, text);) {
    const Json line = Json::parse(text, nullptr, false);
    if (!line.is_object() || line.value("status", Json()) != "done")
      continue;
    const Json output = line.value("output", Json()), time = line.value("time", Json()), fingerprint = line.value("fingerprint", Json());
    if (!output.is_string() || !time.is_string() || !fingerprint.is_string())
      continue;
    const Json scene_loss = line.value("scene_loss", Json());
    Entry &entry = done[output.get<std::string>()];
    if (entry.time <= time.get<std::string>())
      entry = {time.get<std::string>(), fingerprint.get<std::string>(), scene_loss.is_number() ? scene_loss.get<double>() : 0};
  }
}

std::string Journal::painted(const std::string &output) const {
  const auto entry = done.find(path_in_json(output));
  return entry == done.end() ? "" : entry->second.fingerprint;
}

double Journal::scene_loss(const std::string &output) const {
  const auto entry = done.find(path_in_json(output));
  return entry == done.end() ? 0 : entry->second.scene_loss;
}

void Journal::add(const Json &line) {
  Json whole{{"time", now()}};
  whole.update(line);
  const std::string text = whole.dump(-1, ' ', false, replace) + "\n";
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR)
      throw Failure(sentence(_("“%s” cannot be written: %s."), shown(file_).c_str(), std::strerror(errno)));
    written += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
}

std::string fingerprint_of(const CommandLine &line, const std::string &before) {
  const auto identity = [](const std::string &path) -> Json {
    struct stat status{};
    if (path.empty() || stat(path.c_str(), &status) != 0)
      return nullptr;
    return {path_in_json(fs::path(path).filename()), status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  };
  Json options = options_as_json(line.options);
  options.erase("memory");
  Json styles = Json::array();
  for (const Style &style : line.styles)
    styles.push_back({identity(style.picture), style.weight, identity(style.mask)});
  Json all{options,
           identity(line.content),
           styles,
           identity(line.start_image),
           hash_of_model(pastiche::model_file(line.options.model, pastiche::core_file().parent_path())),
           before};
  if (!line.start_content.empty())
    all.push_back(identity(line.start_content));
  const std::string text = all.dump(-1, ' ', false, replace);
  return pastiche::sha256(std::as_bytes(std::span(text)));
}

} // namespace cli
