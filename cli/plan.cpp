// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan.h"

#include <glib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/i18n.h"
#include "inputs.h"
#include "manifest.h"
#include "raster/sentence.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using raster::sentence;
using raster::shown;
using Options = std::vector<Argument>;

constexpr const char *written_formats[] = {"png", "jpg", "jpeg", "tif", "tiff", "webp", "exr"};

bool is_written(const std::string &format) {
  return std::ranges::any_of(written_formats, [&](const char *known) { return g_ascii_strcasecmp(format.c_str(), known) == 0; });
}

bool is_of_style(const Argument &argument) { return argument.name == "style" || argument.name == "weight" || argument.name == "mask"; }

bool has(const Options &options, std::string_view name) { return std::ranges::find(options, name, &Argument::name) != options.end(); }

std::string value_of(const Options &options, std::string_view name) {
  std::string value;
  for (const Argument &argument : options)
    if (argument.name == name)
      value = argument.value;
  return value;
}

// A picture's own options on top of those for all: its styles instead of theirs, and of the rest the later one counts.
Options merged(const Options &common, const Options &own) {
  Options options;
  for (const Argument &argument : common)
    if (!is_of_style(argument) || !has(own, "style"))
      options.push_back(argument);
  options.insert(options.end(), own.begin(), own.end());
  std::erase_if(options, [](const Argument &argument) { return argument.name == "content" || argument.name == "output"; });
  return options;
}

// The options once for each style, with only that style; or as they are.
std::vector<std::shared_ptr<const Options>> variants_of(const Options &options, bool each) {
  std::vector<std::shared_ptr<const Options>> variants;
  const auto styles = std::ranges::count(options, "style", &Argument::name);
  for (std::ptrdiff_t wanted = 1; wanted <= (each ? styles : 1); wanted++) {
    Options variant;
    std::ptrdiff_t style = 0;
    for (const Argument &argument : options) {
      style += argument.name == "style";
      if (!each || !is_of_style(argument) || style == wanted)
        variant.push_back(argument);
    }
    variants.push_back(std::make_shared<const Options>(std::move(variant)));
  }
  return variants;
}

std::string replaced(std::string text, const std::string &what, const std::string &by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// "gouache", or "gouache+waves" for a mixture.
std::string styles_in(const Options &options) {
  std::string names;
  for (const Argument &argument : options)
    if (argument.name == "style")
      names += (names.empty() ? "" : "+") + fs::path(argument.value).stem().string();
  return names;
}

// The ending of a result without its dot: that of the photograph where it can be written.
std::string format_of(const std::string &content, const std::string &asked) {
  if (!asked.empty())
    return asked;
  const std::string ending = fs::path(content).extension().string();
  return ending.size() > 1 && is_written(ending.substr(1)) ? ending.substr(1) : "png";
}

std::string output_of(const Collection::Member &content, const Options &options, const Batch &batch) {
  const std::string pattern = !batch.name.empty() ? batch.name : batch.each ? "{picture}-{style}" : "{picture}";
  const std::string name = replaced(replaced(pattern, "{style}", styles_in(options)), "{picture}", fs::path(content.path).stem().string());
  return (fs::path(content.below) / (name + "." + format_of(content.path, batch.format))).lexically_normal();
}

// Throws UsageError when the options are wrong, whatever the pictures are.
void check(const Options &options) {
  Options whole{{"content", "content"}};
  if (!has(options, "style"))
    whole.push_back({"style", "style"});
  whole.insert(whole.end(), options.begin(), options.end());
  line_of(whole);
}

void require_style(const Options &options) {
  if (!has(options, "style"))
    throw UsageError(_("--style is missing; see “pastiche batch --help”."));
}

std::vector<Series> series_of_inputs(const Batch &batch) {
  require_style(batch.arguments);
  check(batch.arguments);
  const auto variants = variants_of(merged(batch.arguments, {}), batch.each);
  std::vector<Series> all;
  for (const Collection &collection : find_inputs(batch.inputs, batch.recursive, batch.folder)) {
    // A picture in every style before the next picture, but a video in one style before the next style.
    std::vector<Series> in_style(variants.size());
    for (const Collection::Member &content : collection.members)
      for (size_t style = 0; style < variants.size(); style++) {
        Task task{content.path, output_of(content, *variants[style], batch), variants[style]};
        if (batch.sequence)
          in_style[style].push_back(std::move(task));
        else
          all.push_back({std::move(task)});
      }
    if (batch.sequence)
      std::ranges::move(in_style, std::back_inserter(all));
  }
  return all;
}

std::vector<Series> series_of_manifest(const Batch &batch) {
  check(batch.arguments);
  const auto common = variants_of(merged(batch.arguments, {}), batch.each);
  std::vector<Series> all;
  for (const ManifestRow &row : read_manifest(batch.manifest)) {
    try {
      const std::string content = value_of(row.arguments, "content"), output = value_of(row.arguments, "output");
      if (content.empty())
        throw UsageError(_("“content” is missing."));
      auto variants = common;
      if (row.arguments.size() > 1u + !output.empty()) {
        const Options options = merged(batch.arguments, row.arguments);
        check(options);
        variants = variants_of(options, batch.each);
      }
      for (const auto &options : variants) {
        require_style(*options);
        Task task{content, output.empty() ? output_of({content, ""}, *options, batch) : fs::path(output).lexically_normal().string(),
                  options};
        if (!is_written(fs::path(task.output).extension().string().erase(0, 1)))
          throw UsageError(
              sentence(_("The name “%s” does not tell what kind of file to write; it must end in .png, .jpg, .tif, .webp or .exr."),
                       shown(task.output).c_str()));
        all.push_back({std::move(task)});
      }
    } catch (const UsageError &error) {
      throw UsageError(sentence(_("“%s”, %s: %s"), shown(batch.manifest).c_str(), row.place.c_str(), error.what()));
    }
  }
  if (all.empty())
    throw UsageError(sentence(_("There is no picture in “%s”."), shown(batch.manifest).c_str()));
  return all;
}

void refuse_equal_outputs(const std::vector<Series> &all) {
  std::unordered_map<std::string_view, const Task *> by_output;
  for (const Series &series : all)
    for (const Task &task : series)
      if (const auto [other, is_new] = by_output.emplace(task.output, &task); !is_new)
        throw UsageError(sentence(_("“%s” and “%s” would both become “%s”; name the results otherwise with --name."),
                                  shown(other->second->content).c_str(), shown(task.content).c_str(), shown(task.output).c_str()));
}

// The same number for all names of one file; nothing for a file that is not there.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::string &path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? std::optional(std::pair(status.st_dev, status.st_ino)) : std::nullopt;
}

// The picture that is read for one result must not be gone when another is painted, or the batch is done again.
void refuse_outputs_over_inputs(const std::vector<Series> &all, const std::string &folder) {
  std::map<std::pair<dev_t, ino_t>, std::string> inputs;
  const Options *last = nullptr;
  const auto read = [&](const std::string &path) {
    if (const auto file = file_at(path))
      inputs.emplace(*file, path);
  };
  for (const Series &series : all)
    for (const Task &task : series) {
      read(task.content);
      if (task.options.get() != last)
        for (const Argument &argument : *task.options)
          if (argument.name == "style" || argument.name == "mask" || argument.name == "start-image")
            read(argument.value);
      last = task.options.get();
    }
  for (const Series &series : all)
    for (const Task &task : series)
      if (const auto file = file_at(task.path(folder)))
        if (const auto input = inputs.find(*file); input != inputs.end())
          throw UsageError(sentence(_("The result “%s” would take the place of “%s”, which this batch reads; choose another --output-dir."),
                                    shown(task.path(folder)).c_str(), shown(input->second).c_str()));
}

} // namespace

std::string Task::path(const std::string &folder) const { return fs::path(folder) / output; }

CommandLine Task::line(const std::string &folder, std::vector<Argument> more) const {
  more.insert(more.begin(), options->begin(), options->end());
  more.push_back({"content", content});
  more.push_back({"output", path(folder)});
  return line_of(more);
}

std::vector<Series> plan(const Batch &batch) {
  if (!batch.format.empty() && !is_written(batch.format))
    throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), "format", "png, jpg, tif, webp, exr", batch.format.c_str()));
  std::vector<Series> all = batch.manifest.empty() ? series_of_inputs(batch) : series_of_manifest(batch);
  refuse_equal_outputs(all);
  size_t index = 0;
  std::erase_if(all, [&](const Series &) { return index++ % static_cast<size_t>(batch.shards) != static_cast<size_t>(batch.shard - 1); });
  refuse_outputs_over_inputs(all, batch.folder);
  return all;
}

} // namespace cli
