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
#include <unordered_set>

#include "base/i18n.h"
#include "base/modelsfolder.h"
#include "base/sentence.h"
#include "console/usageerror.h"
#include "host/door.h"
#include "inputs.h"
#include "journal.h"
#include "manifest.h"
#include "replaced.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using pastiche::sentence;
using pastiche::shown;
using Options = std::vector<Argument>;
using Variants = std::vector<std::shared_ptr<const Options>>;

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
Variants variants_of(const Options &options, bool each) {
  Variants variants;
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

// Tells where files lie, so that two names of one of them can be compared, whether it is there already or not.
class Whereabouts {
public:
  // The path with symbolic links followed on the way, but not at its end.
  fs::path of(const fs::path &path) {
    const auto [known, is_new] = folders.emplace(path.parent_path(), fs::path());
    if (is_new) {
      const fs::path folder = fs::absolute(path).parent_path();
      std::error_code error;
      known->second = fs::weakly_canonical(folder, error);
      if (error)
        known->second = folder;
    }
    return known->second / path.filename();
  }

private:
  std::unordered_map<std::string, fs::path> folders; // a batch has many pictures and few folders
};

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
  std::error_code ignored;
  const fs::path folder = fs::absolute(content.path, ignored).lexically_normal().parent_path();
  std::string name = replaced(pattern, "{style}", styles_in(options));
  name = replaced(name, "{folder}", folder.filename().string());
  const std::string ending = fs::path(content.path).extension();
  name = replaced(name, "{ending}", ending.empty() ? "" : ending.substr(1));
  name = replaced(name, "{picture}", fs::path(content.path).stem().string());
  return (fs::path(content.below) / (name + "." + format_of(content.path, batch.format))).lexically_normal();
}

// Where a batch ran before, its results may lie among the pictures: what is made of one of those is none itself. One that would replace
// itself is no such result, but was there before. Returns those that were left out.
std::unordered_set<std::string> leave_out_results(std::vector<Collection> &inputs, const Variants &variants, const Batch &batch,
                                                  Whereabouts &whereabouts) {
  const auto results_of = [&](const Collection::Member &content) {
    std::vector<std::string> results;
    for (const auto &options : variants)
      results.push_back(whereabouts.of(fs::path(batch.folder) / output_of(content, *options, batch)));
    return results;
  };
  std::unordered_set<std::string> results, left_out;
  for (const Collection &collection : inputs)
    for (const Collection::Member &content : collection.members)
      for (std::string &result : results_of(content))
        results.insert(std::move(result));
  for (Collection &collection : inputs)
    std::erase_if(collection.members, [&](const Collection::Member &content) {
      if (content.named)
        return false;
      const std::string path = whereabouts.of(content.path);
      const bool is_result = results.contains(path) && std::ranges::count(results_of(content), path) == 0;
      if (is_result)
        left_out.insert(path);
      return is_result;
    });
  std::erase_if(inputs, [](const Collection &collection) { return collection.members.empty(); });
  return left_out;
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

Plan plan_of_inputs(const Batch &batch) {
  require_style(batch.arguments);
  check(batch.arguments);
  const Variants variants = variants_of(merged(batch.arguments, {}), batch.each);
  Inputs inputs = find_inputs(batch.inputs, batch.recursive, batch.folder);
  Whereabouts whereabouts;
  const std::unordered_set<std::string> left_out = leave_out_results(inputs.collections, variants, batch, whereabouts);
  std::vector<Series> all;
  for (Collection &collection : inputs.collections) {
    if (batch.sequence)
      std::ranges::stable_sort(collection.members, comes_before, &Collection::Member::path);
    // A picture in every style before the next picture, but a video in one style before the next style.
    std::vector<Series> in_style(variants.size());
    for (const Collection::Member &content : collection.members)
      for (size_t style = 0; style < variants.size(); style++) {
        Task task{content.path, output_of(content, *variants[style], batch), variants[style]};
        task.among_pictures = left_out.contains(whereabouts.of(task.path(batch.folder)));
        if (batch.sequence)
          in_style[style].push_back(std::move(task));
        else
          all.push_back({std::move(task)});
      }
    if (batch.sequence)
      std::ranges::move(in_style, std::back_inserter(all));
  }
  return {std::move(all), std::move(inputs.faults), std::move(inputs.left_out)};
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
        Task task{content,
                  output.empty() ? output_of({.path = content, .below = "", .named = true}, *options, batch)
                                 : fs::path(output).lexically_normal().string(),
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

[[noreturn]] void refuse_equal_outputs(const Task &one, const Task &other, const Batch &batch) {
  const std::string first = shown(one.content), second = shown(other.content), output = shown(other.output);
  if (!batch.manifest.empty())
    throw UsageError(sentence(_("“%s” and “%s” would both become “%s”; give each an output of its own in the manifest."), first.c_str(),
                              second.c_str(), output.c_str()));
  if (one.content == other.content)
    throw UsageError(
        sentence(_("In two of the styles “%s” would become “%s”; give the styles' files different names."), first.c_str(), output.c_str()));
  throw UsageError(sentence(fs::path(one.content).parent_path() == fs::path(other.content).parent_path()
                                ? _("“%s” and “%s” would both become “%s”; name the results otherwise with --name, where {ending} stands "
                                    "for the picture's ending.")
                                : _("“%s” and “%s” would both become “%s”; name the results otherwise with --name, where {folder} stands "
                                    "for the picture's folder."),
                            first.c_str(), second.c_str(), output.c_str()));
}

// What is asked for twice is painted once; different pictures must not become the same file.
void merge_equal_outputs(std::vector<Series> &all, const Batch &batch) {
  Whereabouts whereabouts;
  std::unordered_map<std::string, Task> by_file;
  for (Series &series : all)
    std::erase_if(series, [&](const Task &task) {
      std::error_code ignored;
      fs::path file = whereabouts.of(task.path(batch.folder));
      if (fs::is_symlink(file, ignored))
        file = fs::weakly_canonical(file, ignored);
      const auto [other, is_new] = by_file.emplace(file, task);
      if (is_new)
        return false;
      const Task &first = other->second;
      if (whereabouts.of(first.content) != whereabouts.of(task.content) || *first.options != *task.options)
        refuse_equal_outputs(first, task, batch);
      return true;
    });
  std::erase_if(all, [](const Series &series) { return series.empty(); });
}

// The same number for all names of one file; nothing for a file that is not there.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::string &path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? std::optional(std::pair(status.st_dev, status.st_ino)) : std::nullopt;
}

// Which part of the batch a series belongs to, from 1.
int shard_of(size_t series, const Batch &batch) { return static_cast<int>(series % static_cast<size_t>(batch.shards)) + 1; }

[[noreturn]] void refuse_report(const std::string &report, const std::string &other) {
  throw UsageError(sentence(
      _("The report “%s” would be written into “%s”, which is a picture or a file that this batch reads; choose another --report."),
      shown(report).c_str(), shown(other).c_str()));
}

// What is read for one result, in any part, must not be gone when another is painted, or the batch is done again.
void refuse_outputs_over_inputs(const std::vector<Series> &all, const Batch &batch) {
  const std::string report = report_of(batch);
  Whereabouts whereabouts;
  std::map<std::pair<dev_t, ino_t>, std::string> outputs;
  for (size_t series = 0; series < all.size(); series++)
    if (shard_of(series, batch) == batch.shard)
      for (const Task &task : all[series]) {
        const std::string path = task.path(batch.folder);
        if (const auto file = file_at(path))
          outputs.emplace(*file, path);
        if (whereabouts.of(path) == whereabouts.of(report))
          refuse_report(report, path);
      }
  if (const auto file = file_at(report); file && !outputs.emplace(*file, report).second)
    refuse_report(report, outputs[*file]);
  if (outputs.empty())
    return; // looking at the pictures of all parts takes its time

  const auto read = [&](const std::string &path) {
    const auto file = file_at(path);
    const auto output = file ? outputs.find(*file) : outputs.end();
    if (output == outputs.end())
      return;
    if (output->second == report)
      refuse_report(report, path);
    throw UsageError(sentence(_("The result “%s” would take the place of “%s”, which this batch reads; choose another --output-dir."),
                              shown(output->second).c_str(), shown(path).c_str()));
  };
  read(batch.manifest);
  const Options *last = nullptr;
  for (const Series &series : all)
    for (const Task &task : series) {
      read(task.content);
      if (task.options.get() != last) {
        for (const Argument &argument : *task.options)
          if (argument.name == "style" || argument.name == "mask" || argument.name.starts_with("start-"))
            read(argument.value);
          else if (argument.name == "model")
            read(pastiche::model_file(argument.value, pastiche::core_file().parent_path()));
      }
      last = task.options.get();
    }
}

} // namespace

std::string Task::path(const std::string &folder) const { return fs::path(folder) / output; }

CommandLine Task::line(const std::string &folder, std::vector<Argument> more) const {
  more.insert(more.begin(), options->begin(), options->end());
  more.push_back({"content", content});
  more.push_back({"output", path(folder)});
  return line_of(more);
}

Plan plan(const Batch &batch) {
  if (!batch.format.empty() && !is_written(batch.format))
    throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), "format",
                              pastiche::listed({"png", "jpg", "tif", "webp", "exr"}).c_str(), batch.format.c_str()));
  Plan plan = batch.manifest.empty() ? plan_of_inputs(batch) : Plan{series_of_manifest(batch), {}, {}};
  merge_equal_outputs(plan.series, batch);
  refuse_outputs_over_inputs(plan.series, batch);
  size_t index = 0;
  std::erase_if(plan.series, [&](const Series &) { return shard_of(index++, batch) != batch.shard; });
  return plan;
}

} // namespace cli
