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
#include "base/workspace.h"
#include "console/usageerror.h"
#include "host/door.h"
#include "inputs.h"
#include "journal.h"
#include "manifest.h"
#include "replaced.h"

namespace batch {
namespace {

namespace fs = std::filesystem;
using cli::UsageError;
using pastiche::sentence;
using pastiche::shown;
using Options = std::vector<Argument>;
using Variants = std::vector<std::shared_ptr<const Painting>>;

constexpr const char *written_formats[] = {"png", "jpg", "jpeg", "tif", "tiff", "webp", "exr"};

bool is_written(const std::string &format) {
  return std::ranges::any_of(written_formats, [&](const char *known) { return g_ascii_strcasecmp(format.c_str(), known) == 0; });
}

bool is_of_style(const Argument &argument) {
  return argument.name == "style" || argument.name == "weight" || argument.name == "mask" || argument.name == "style-crop";
}

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
  std::erase_if(options, [](const Argument &argument) {
    return argument.name == "content" || argument.name == "output" || argument.name == "name" || argument.name == "format";
  });
  return options;
}

// What the arguments say, once for each style, with only that style; or as they are. They need not have a style. Throws UsageError.
Variants variants_of(Options arguments, const Settings &settings) {
  const bool has_style = has(arguments, "style");
  if (!has_style)
    arguments.insert(arguments.begin(), {"style", "style"});
  arguments.push_back({"content", "content"});
  Painting whole = settings.base;
  set(whole, arguments);
  whole.content.clear();
  if (!has_style)
    whole.styles.clear();
  if (!settings.each || !has_style)
    return {std::make_shared<const Painting>(whole)};
  Variants variants;
  for (const Style &style : whole.styles) {
    Painting variant = whole;
    variant.styles = {style};
    check_styles(variant.styles);
    variants.push_back(std::make_shared<const Painting>(std::move(variant)));
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
std::string styles_in(const Painting &how) {
  std::string names;
  for (const Style &style : how.styles)
    names += (names.empty() ? "" : "+") + fs::path(style.picture).stem().string();
  return names;
}

// How results are called.
struct Naming {
  std::string name, format; // with an empty format as the photograph where that can be written
  bool any_format;
};

Naming naming_of(const Settings &settings, const Variants &variants, const Options &own) {
  const auto asked = [&](const char *option, const std::string &of_all) { return has(own, option) ? value_of(own, option) : of_all; };
  const std::string name = asked("name", settings.name);
  return {!name.empty()         ? name
          : variants.size() > 1 ? "{picture}-{style}"
                                : "{picture}",
          asked("format", settings.format), settings.any_format};
}

// With its dot.
std::string ending_of(const std::string &content, const Naming &naming) {
  if (!naming.format.empty())
    return "." + naming.format;
  const std::string ending = fs::path(content).extension();
  return ending.size() > 1 && (naming.any_format || is_written(ending.substr(1))) ? ending : ".png";
}

std::string output_of(const Collection::Member &content, const Painting &how, const Naming &naming) {
  std::error_code ignored;
  const fs::path folder = fs::absolute(content.path, ignored).lexically_normal().parent_path();
  std::string name = replaced(naming.name, "{style}", styles_in(how));
  name = replaced(name, "{folder}", folder.filename().string());
  const std::string ending = fs::path(content.path).extension();
  name = replaced(name, "{ending}", ending.empty() ? "" : ending.substr(1));
  name = replaced(name, "{picture}", fs::path(content.path).stem().string());
  return (fs::path(content.below) / (name + ending_of(content.path, naming))).lexically_normal();
}

// Where a batch ran before, its results may lie among the pictures: what is made of one of those is none itself. One that would replace
// itself is no such result, but was there before. Returns those that were left out.
std::unordered_set<std::string> leave_out_results(std::vector<Collection> &inputs, const Variants &variants, const Settings &settings,
                                                  Whereabouts &whereabouts) {
  const Naming naming = naming_of(settings, variants, {});
  const auto results_of = [&](const Collection::Member &content) {
    std::vector<std::string> results;
    for (const auto &how : variants)
      results.push_back(whereabouts.of(fs::path(settings.folder) / output_of(content, *how, naming)));
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

void require_style(const Variants &variants) {
  if (variants.front()->styles.empty())
    throw UsageError(_("--style is missing; see “pastiche batch --help”."));
}

Plan plan_of_inputs(const Settings &settings) {
  const Variants variants = variants_of(settings.arguments, settings);
  require_style(variants);
  const Naming naming = naming_of(settings, variants, {});
  Inputs inputs = find_inputs(settings);
  Whereabouts whereabouts;
  const std::unordered_set<std::string> left_out = leave_out_results(inputs.collections, variants, settings, whereabouts);
  std::vector<Series> all;
  for (Collection &collection : inputs.collections) {
    if (settings.sequence)
      std::ranges::stable_sort(collection.members, comes_before, &Collection::Member::path);
    // A picture in every style before the next picture, but a video in one style before the next style.
    std::vector<Series> in_style(variants.size());
    for (const Collection::Member &content : collection.members)
      for (size_t style = 0; style < variants.size(); style++) {
        Task task{content.path, output_of(content, *variants[style], naming), variants[style]};
        task.among_pictures = left_out.contains(whereabouts.of(task.path(settings.folder)));
        if (settings.sequence)
          in_style[style].push_back(std::move(task));
        else
          all.push_back({std::move(task)});
      }
    if (settings.sequence)
      std::ranges::move(in_style, std::back_inserter(all));
  }
  return {std::move(all), std::move(inputs.faults), std::move(inputs.foreign), std::move(inputs.left_out)};
}

std::vector<ManifestRow> rows_of(const Settings &settings) {
  if (!settings.manifest.empty())
    return read_manifest(settings.manifest);
  std::vector<ManifestRow> rows;
  for (const Options &own : settings.list)
    rows.push_back({entry_place(rows.size() + 1), own});
  return rows;
}

std::vector<Series> series_of_rows(const Settings &settings) {
  const Variants common = variants_of(settings.arguments, settings);
  std::vector<Series> all;
  for (const auto &[place, own] : rows_of(settings)) {
    try {
      const std::string content = value_of(own, "content"), output = value_of(own, "output");
      if (content.empty())
        throw UsageError(_("“content” is missing."));
      const bool as_all = own.size() == 1u + !output.empty();
      const Variants variants = as_all ? common : variants_of(merged(settings.arguments, own), settings);
      require_style(variants);
      const Naming naming = naming_of(settings, variants, own);
      for (const auto &how : variants) {
        Task task{content,
                  output.empty() ? output_of({.path = content, .below = "", .named = true}, *how, naming)
                                 : fs::path(output).lexically_normal().string(),
                  how};
        if (!settings.any_format && !is_written(fs::path(task.output).extension().string().erase(0, 1)))
          throw UsageError(
              sentence(_("The name “%s” does not tell what kind of file to write; it must end in .png, .jpg, .tif, .webp or .exr."),
                       shown(task.output).c_str()));
        all.push_back({std::move(task)});
      }
    } catch (const UsageError &error) {
      throw UsageError(settings.manifest.empty()
                           ? place + ": " + error.what()
                           : sentence(_("“%s”, %s: %s"), shown(settings.manifest).c_str(), place.c_str(), error.what()));
    }
  }
  if (all.empty())
    throw UsageError(sentence(_("There is no picture in “%s”."), shown(settings.manifest).c_str()));
  return all;
}

[[noreturn]] void refuse_equal_outputs(const Task &one, const Task &other, const Settings &settings) {
  const std::string first = shown(one.content), second = shown(other.content), output = shown(other.output);
  if (!settings.manifest.empty())
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
void merge_equal_outputs(std::vector<Series> &all, const Settings &settings) {
  Whereabouts whereabouts;
  std::unordered_map<std::string, Task> by_file;
  for (Series &series : all)
    std::erase_if(series, [&](const Task &task) {
      std::error_code ignored;
      fs::path file = whereabouts.of(task.path(settings.folder));
      if (fs::is_symlink(file, ignored))
        file = fs::weakly_canonical(file, ignored);
      const auto [other, is_new] = by_file.emplace(file, task);
      if (is_new)
        return false;
      const Task &first = other->second;
      if (whereabouts.of(first.content) != whereabouts.of(task.content) || !paint_alike(*first.how, *task.how))
        refuse_equal_outputs(first, task, settings);
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
int shard_of(size_t series, const Settings &settings) { return static_cast<int>(series % static_cast<size_t>(settings.shards)) + 1; }

[[noreturn]] void refuse_report(const std::string &report, const std::string &other) {
  throw UsageError(sentence(
      _("The report “%s” would be written into “%s”, which is a picture or a file that this batch reads; choose another --report."),
      shown(report).c_str(), shown(other).c_str()));
}

// What is read for one result, in any part, must not be gone when another is painted, or the batch is done again.
void refuse_outputs_over_inputs(const std::vector<Series> &all, const Settings &settings) {
  const std::string report = report_of(settings);
  Whereabouts whereabouts;
  std::map<std::pair<dev_t, ino_t>, std::string> outputs;
  for (size_t series = 0; series < all.size(); series++)
    if (shard_of(series, settings) == settings.shard)
      for (const Task &task : all[series]) {
        const std::string path = task.path(settings.folder);
        if (const auto file = file_at(whereabouts.of(path))) // the folder need not be there yet
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
  read(settings.manifest);
  const Painting *last = nullptr;
  for (const Series &series : all)
    for (const Task &task : series) {
      read(task.content);
      if (task.how.get() != last) {
        for (const Style &style : task.how->styles)
          for (const std::string &path : {style.picture, style.mask})
            read(path);
        for (const std::string &path : {task.how->start_image, task.how->start_content,
                                        pastiche::model_file(task.how->options.model, pastiche::core_file().parent_path()).string()})
          read(path);
      }
      last = task.how.get();
    }
}

} // namespace

std::string Task::path(const std::string &folder) const { return fs::path(folder) / output; }

Painting Task::painting(const std::string &folder) const {
  Painting painting = *how;
  painting.content = content;
  painting.output = path(folder);
  return painting;
}

Plan plan(const Settings &settings) {
  if (!settings.format.empty() && !settings.any_format && !is_written(settings.format))
    throw UsageError(sentence(_("--%s takes one of %s, not “%s”."), "format",
                              pastiche::listed({"png", "jpg", "tif", "webp", "exr"}).c_str(), settings.format.c_str()));
  const bool has_rows = !settings.manifest.empty() || !settings.list.empty();
  Plan plan = has_rows ? Plan{series_of_rows(settings), {}, {}, {}} : plan_of_inputs(settings);
  merge_equal_outputs(plan.series, settings);
  refuse_outputs_over_inputs(plan.series, settings);
  size_t index = 0;
  std::erase_if(plan.series, [&](const Series &) { return shard_of(index++, settings) != settings.shard; });
  return plan;
}

std::vector<std::string> left_out_of(const Plan &plan) {
  std::vector<std::string> sentences;
  if (const auto &paths = plan.foreign; !paths.empty())
    sentences.push_back(sentence(
        dngettext(GETTEXT_PACKAGE, "pastiche: Left out: %zu picture of a kind that Pastiche does not read, “%s”; save it as TIFF or PNG.",
                  "pastiche: Left out: %zu pictures of kinds that Pastiche does not read, such as “%s”; save them as TIFF or PNG.",
                  paths.size()),
        paths.size(), shown(*std::ranges::min_element(paths, comes_before)).c_str()));
  if (const auto &paths = plan.left_out; !paths.empty())
    sentences.push_back(sentence(dngettext(GETTEXT_PACKAGE, "pastiche: Left out: %zu hidden or system's file or folder, “%s”.",
                                           "pastiche: Left out: %zu hidden or system's files and folders, such as “%s”.", paths.size()),
                                 paths.size(), shown(paths.front()).c_str()));
  return sentences;
}

void remove_leftovers(const Plan &plan, const std::string &folder) {
  std::map<fs::path, std::unordered_set<std::string>> names;
  for (const Series &series : plan.series)
    for (const Task &task : series) {
      const fs::path path = task.path(folder);
      names[path.parent_path()].insert(path.filename());
    }
  for (const auto &[parent, ours] : names)
    pastiche::remove_abandoned_workspaces(parent, [&ours](const std::string &name) { return ours.contains(name); });
}

} // namespace batch
