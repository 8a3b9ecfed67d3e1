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
#include "batch/paint/paint.h"
#include "batch/paint/pathinjson.h"
#include "console/usageerror.h"
#include "host/door.h"
#include "modelhash.h"

namespace batch {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

constexpr auto replace = Json::error_handler_t::replace; // of a path that is no UTF-8

fs::path whole_report_of(const Settings &settings) {
  return settings.report.empty() ? fs::path(settings.folder) / "pastiche-batch.jsonl" : fs::path(settings.report);
}

std::string now() {
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> time(g_date_time_new_now_utc(), g_date_time_unref);
  const std::unique_ptr<char, decltype(&g_free)> text(g_date_time_format(time.get(), "%Y-%m-%dT%H:%M:%S.%fZ"), g_free);
  return text.get();
}

// "report.jsonl" and all "report.3-of-8.jsonl".
bool is_report_of(const fs::path &path, const fs::path &report) {
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

// "a.png 1234, style.png 567, steps 3": the names and sizes of picture and style, and the options that were given.
bool is_of_a_version_before(const std::string &fingerprint) { return fingerprint.find(' ') != std::string::npos; }

// Of the batch whose part this may be.
std::string identity_of(const Settings &settings) {
  return sentence("%d\n%s\n", settings.shards, fs::proximate(pastiche::target_of(whole_report_of(settings)), settings.folder).c_str());
}

} // namespace

std::string report_of(const Settings &settings) {
  const fs::path whole = whole_report_of(settings);
  if (settings.shards == 1)
    return whole;
  return whole.parent_path() /
         (whole.stem().string() + sentence(".%d-of-%d", settings.shard, settings.shards) + whole.extension().string());
}

bool is_report(const std::string &path, const Settings &settings) { return is_report_of(path, whole_report_of(settings)); }

Journal::Journal(const Settings &settings)
    : folder(settings.folder, identity_of(settings)), file_(pastiche::target_of(report_of(settings))) {
  const fs::path report = pastiche::target_of(whole_report_of(settings));
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
    if (is_report_of(entry.path(), report))
      read(entry.path());

  // A line that a kill has cut short must not run into the next.
  struct stat status{};
  char last = '\n';
  if (fstat(descriptor, &status) == 0 && status.st_size > 0 && pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n' &&
      write(descriptor, "\n", 1) != 1)
    fail();
}

Journal::~Journal() {
  if (descriptor >= 0)
    close(descriptor);
}

void Journal::leave() {
  folder.leave();
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
      entry = {time.get<std::string>(), fingerprint.get<std::string>(), scene_loss.is_number() ? scene_loss.get<double>() : 0,
               is_of_a_version_before(fingerprint) ? line.value("options", Json()) : Json()};
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

bool Journal::was_painted_so(const std::string &output, const Painting &painting) const {
  const auto entry = done.find(path_in_json(output));
  if (entry == done.end() || !entry->second.options.is_object())
    return false;
  const auto file = [](const fs::path &path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return path.filename().string() + " " + (error ? "missing" : std::to_string(size));
  };
  Painting before;
  std::vector<Argument> arguments{{"content", painting.content}, {"style", "style"}};
  for (const auto &[name, value] : entry->second.options.items())
    arguments.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  try {
    set(before, arguments);
  } catch (const cli::UsageError &) {
    return false;
  }
  before.styles = painting.styles;
  before.options.memory = painting.options.memory;
  const std::string files = file(painting.content) + ", " + file(painting.styles.front().picture);
  return paint_alike(before, painting) && (entry->second.fingerprint + ", ").starts_with(files + ", ");
}

void Journal::add(const Task &task, const Json &result, const std::string &fingerprint) {
  Json whole{{"time", now()}, {"status", result["status"]}, {"content", path_in_json(task.content)}, {"output", path_in_json(task.output)}};
  whole.update(result);
  whole["fingerprint"] = fingerprint;
  const std::string text = whole.dump(-1, ' ', false, replace) + "\n";
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR)
      throw Failure(sentence(_("“%s” cannot be written: %s."), shown(file_).c_str(), std::strerror(errno)));
    written += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
}

std::string fingerprint_of(const Painting &painting, const std::string &more) {
  const auto identity = [](const std::string &path) -> Json {
    struct stat status{};
    if (path.empty() || stat(path.c_str(), &status) != 0)
      return nullptr;
    return {path_in_json(fs::path(path).filename()), status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  };
  Json options = options_as_json(painting.options);
  options.erase("memory");
  Json styles = Json::array();
  for (const Style &style : painting.styles) {
    styles.push_back({identity(style.picture), style.weight, identity(style.mask)});
    if (style.crop)
      styles.back().push_back(as_json(*style.crop));
  }
  Json all{options,
           identity(painting.content),
           styles,
           identity(painting.start_image),
           hash_of_model(pastiche::model_file(painting.options.model, pastiche::core_file().parent_path())),
           more};
  if (!painting.start_content.empty())
    all.push_back(identity(painting.start_content));
  if (!painting.others.empty())
    all.push_back(Json::array());
  for (const Argument &other : painting.others)
    all.back().push_back({other.name, fs::is_regular_file(other.value) ? identity(other.value) : Json(path_in_json(other.value))});
  const std::string text = all.dump(-1, ' ', false, replace);
  return pastiche::sha256(std::as_bytes(std::span(text)));
}

} // namespace batch
