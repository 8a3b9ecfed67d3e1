// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <unordered_set>

#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "batch/journal.h"
#include "batch/paint/paint.h"
#include "batch/plan.h"
#include "batch/replaced.h"
#include "plugin/arguments.h"
#include "plugin/callerror.h"
#include "plugin/layers/seen.h"
#include "settings.h"

namespace plugin {
namespace {

namespace fs = std::filesystem;
using batch::Argument;
using batch::Painting;
using batch::Task;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

// What GIMP says of a failure that it has just met.
[[noreturn]] void fail_as_gimp_says() { throw Failure(gimp_pdb_get_last_error(gimp_get_pdb())); }

std::string text_of(GimpProcedureConfig *config, const char *name) {
  g_autofree char *text = nullptr;
  g_object_get(config, name, &text, nullptr);
  return text ? text : "";
}

std::vector<std::string> texts_of(GimpProcedureConfig *config, const char *name) {
  g_auto(GStrv) texts = nullptr;
  g_object_get(config, name, &texts, nullptr);
  return texts ? std::vector<std::string>(texts, texts + g_strv_length(texts)) : std::vector<std::string>();
}

// "photos/*.jpg": only the last part is a pattern, and only * and ? are. What is there as it is written stands for itself.
void set_pattern(const fs::path &pattern, batch::Settings &settings) {
  std::error_code ignored;
  if (fs::is_regular_file(pattern, ignored)) {
    settings.inputs = {pattern};
    return;
  }
  settings.inputs = {pattern.parent_path()};
  settings.pattern = batch::replaced(batch::replaced(pattern.filename(), "\\", "\\\\"), "[", "\\[");
}

// Names and values in turn; every “content” begins a picture.
void set_list(const std::vector<std::string> &words, batch::Settings &settings) {
  for (size_t i = 0; i < words.size(); i += 2) {
    if (words[i] == "content")
      settings.list.emplace_back();
    if (settings.list.empty() || i + 1 == words.size())
      refuse_call(_("A list of pictures has names and values in turn, and “content” first for every picture."));
    settings.list.back().push_back({words[i], words[i + 1]});
  }
}

batch::Settings settings_of(GimpProcedureConfig *config, const Options &options, GimpProcedureConfig *plain) {
  batch::Settings settings;
  gboolean recursive = FALSE;
  g_object_get(config, "recursive", &recursive, nullptr);
  settings.recursive = recursive;
  settings.folder = text_of(config, "folder");
  settings.name = text_of(config, "name");
  settings.format = text_of(config, "format");
  settings.each = settings.any_format = true;
  if (settings.folder.empty())
    refuse_call(_("Say in which folder the results go."));
  if (const std::string shard = text_of(config, "shard"); !shard.empty())
    batch::set_shard(shard, settings);
  if (const std::vector<std::string> list = texts_of(config, "list"); !list.empty())
    set_list(list, settings);
  else if (const std::string pictures = text_of(config, "pictures"); !pictures.empty())
    set_pattern(pictures, settings);
  else
    refuse_call(_("Say which pictures to paint."));
  for (const std::string &style : texts_of(config, "styles"))
    settings.arguments.push_back({"style", style});
  settings.base.options = options.values();
  settings.base.others = others_in(config, plain);
  return settings;
}

// The image as a single layer, of what is visible.
GimpLayer *visible_layer(GimpImage *image) {
  g_autofree GimpLayer **layers = gimp_image_get_layers(image);
  if (layers[0] && !layers[1] && !gimp_item_is_group(GIMP_ITEM(layers[0])))
    return layers[0];
  return gimp_image_merge_visible_layers(image, GIMP_CLIP_TO_IMAGE);
}

class Batch {
public:
  Batch(const batch::Settings &settings, const batch::Plan &plan, bool skip, GimpProcedure *pastiche)
      : settings_(settings), plan_(plan), skip_(skip), pastiche_(pastiche), journal_(settings) {
    batch::remove_leftovers(plan, settings.folder);
  }

  // Throws CallError when some have failed.
  void run();

private:
  enum class Outcome { painted, skipped, failed };

  Outcome finish(const Task &task);
  bool is_done(const Task &task, const std::string &fingerprint);
  void paint(const Painting &painting);
  void tell_progress();

  const batch::Settings &settings_;
  const batch::Plan &plan_;
  const bool skip_; // what is there already
  GimpProcedure *pastiche_;
  batch::Journal journal_;
  size_t painted_ = 0, skipped_ = 0, failed_ = 0;
  const Clock::time_point start_ = Clock::now();
};

// Whether there is a result that is not to be painted anew. Throws Failure when there is one that nothing may replace.
bool Batch::is_done(const Task &task, const std::string &fingerprint) {
  const std::string path = task.path(settings_.folder);
  std::error_code ignored;
  // So versions before marked what they had not written to its end.
  if (fs::remove(path + ".unfinished", ignored))
    fs::remove(path, ignored);
  if (!fs::exists(path, ignored))
    return false;
  if (!skip_)
    throw Failure(_("a file of this name exists already, and nothing is overwritten"));
  const std::string known = journal_.painted(task.output);
  return known.empty() || known == fingerprint || journal_.was_painted_so(task.output, task.painting(settings_.folder));
}

void Batch::paint(const Painting &painting) {
  if (!fs::exists(painting.content))
    throw Failure(_("there is no such file"));
  pastiche::make_folder(fs::path(painting.output).parent_path());
  g_autoptr(GFile) file = g_file_new_for_path(painting.content.c_str());
  const HiddenImage image(gimp_file_load(GIMP_RUN_NONINTERACTIVE, file));
  if (!image.get())
    fail_as_gimp_says();
  gimp_image_policy_rotate(image.get(), FALSE); // a non-interactive load leaves it as the camera was held
  if (gimp_image_get_base_type(image.get()) == GIMP_INDEXED)
    gimp_image_convert_rgb(image.get());
  GimpDrawable *drawables[] = {GIMP_DRAWABLE(visible_layer(image.get())), nullptr};
  if (!drawables[0])
    fail_as_gimp_says();

  g_autoptr(GimpProcedureConfig) config = gimp_procedure_create_config(pastiche_);
  set_arguments(config, painting.options, painting.others);
  g_autoptr(GFile) style = g_file_new_for_path(painting.styles.front().picture.c_str());
  g_object_set(config, "run-mode", GIMP_RUN_NONINTERACTIVE, "image", image.get(), "drawables", drawables, "style-file", style, nullptr);
  GimpValueArray *values = gimp_procedure_run_config(pastiche_, config);
  const auto status = static_cast<GimpPDBStatusType>(GIMP_VALUES_GET_ENUM(values, 0));
  gimp_value_array_unref(values);
  if (status != GIMP_PDB_SUCCESS)
    fail_as_gimp_says();

  pastiche::Workspace workspace(painting.output);
  g_autoptr(GFile) result = g_file_new_for_path(workspace.file().c_str());
  if (!gimp_file_save(GIMP_RUN_NONINTERACTIVE, image.get(), result, nullptr))
    fail_as_gimp_says();
  workspace.publish();
}

Batch::Outcome Batch::finish(const Task &task) {
  const Painting painting = task.painting(settings_.folder);
  const std::string content = shown(task.content), result = shown(painting.output);
  // GIMP keeps a picture's size whatever `size` is, and more: what it paints is not what the command line does.
  const std::string fingerprint = batch::fingerprint_of(painting, "GIMP");
  const Clock::time_point start = Clock::now();
  Json line{{"status", "done"}};
  try {
    if (is_done(task, fingerprint)) {
      std::printf(_("%s: skipped: %s exists already\n"), content.c_str(), result.c_str());
      return Outcome::skipped;
    }
    paint(painting);
    std::printf("%s -> %s\n", content.c_str(), result.c_str());
  } catch (const std::exception &failure) {
    line = {{"status", "failed"}, {"error", reason_of(failure)}};
    std::printf(_("%s: failed: %s\n"), content.c_str(), reason_of(failure).c_str());
  }
  line["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  line["styles"] = batch::styles_as_json(painting.styles);
  line["options"] = batch::options_as_json(painting.options);
  for (const Argument &other : painting.others)
    line["options"][other.name] = other.value;
  journal_.add(task, line, fingerprint);
  return line["status"] == "done" ? Outcome::painted : Outcome::failed;
}

void Batch::tell_progress() {
  if (g_strcmp0(g_getenv("PASTICHE_PROGRESS"), "1") != 0)
    return;
  const size_t done = painted_ + skipped_ + failed_, all = plan_.series.size();
  if (painted_ == 0) {
    g_printerr(_("pastiche-batch: %zu of %zu done\n"), done, all);
    return;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count() / static_cast<double>(painted_);
  g_printerr(_("pastiche-batch: %zu of %zu done, about %.0f s left\n"), done, all, std::ceil(seconds * static_cast<double>(all - done)));
}

void Batch::run() {
  for (const batch::Series &series : plan_.series) {
    const Outcome outcome = finish(series.front());
    std::fflush(stdout);
    ++(outcome == Outcome::painted ? painted_ : outcome == Outcome::skipped ? skipped_ : failed_);
    tell_progress();
  }
  const std::string summary = sentence(_("pastiche-batch: %zu painted, %zu skipped, %zu failed"), painted_, skipped_, failed_);
  std::printf("%s\n", summary.c_str());
  std::fflush(stdout);
  if (failed_ > 0 || !plan_.faults.empty())
    fail_execution("%s.", summary.c_str());
}

// What would only be told when the pictures are painted.
void check(const batch::Plan &plan, GimpProcedureConfig *plain) {
  std::unordered_set<std::string> styles;
  for (const batch::Series &series : plan.series) {
    const Painting &how = *series.front().how;
    for (const batch::Style &style : how.styles)
      if (styles.insert(style.picture).second && !fs::exists(style.picture))
        refuse_call(_("The style picture “%s” does not exist; choose another file."), shown(style.picture).c_str());
    for (const Argument &other : how.others)
      if (!g_object_class_find_property(G_OBJECT_GET_CLASS(plain), other.name.c_str()))
        refuse_call(_("There is no argument “%s” that a picture can have."), other.name.c_str());
  }
}

} // namespace

void add_batch_arguments(GimpProcedure *procedure) {
  const auto add_text = [&](const char *name, const char *label, const char *description) {
    gimp_procedure_add_string_argument(procedure, name, label, description, "", G_PARAM_READWRITE);
  };
  add_text("pictures", _("Pictures"), _("A path with * and ? in its last part"));
  gimp_procedure_add_string_array_argument(
      procedure, "list", _("List"),
      _("Instead of it, pictures with arguments of their own: names and values in turn, for every picture "
        "“content” first; then “style”, “name”, “format”, “output” and all of plug-in-pastiche"),
      G_PARAM_READWRITE);
  gimp_procedure_add_string_array_argument(procedure, "styles", _("Styles"), _("Style pictures; every picture is painted once in each"),
                                           G_PARAM_READWRITE);
  add_text("folder", _("Folder"), _("Where the results go; made when it is missing"));
  gimp_procedure_add_boolean_argument(procedure, "recursive", _("Recursive"), _("Also take the pictures in the folders below"), FALSE,
                                      G_PARAM_READWRITE);
  add_text("name", _("Name"),
           _("What the results are called, without their ending: {picture}, {style}, {folder} and {ending} stand for names"));
  add_text("format", _("Format"), _("The results' ending; empty: that of their pictures"));
  // No choice: GIMP takes its default for what is none of a choice's.
  add_text("existing", _("Existing"),
           _("“skip” passes over results that are there already, unless something has changed; “fail” or nothing: they count as failed"));
  add_text("shard", _("Part"), _("“3/8” paints only the third of eight parts; “slurm” that of a Slurm job array"));
}

GimpValueArray *run_batch(GimpProcedure *procedure, GimpProcedureConfig *config, gpointer pastiche) {
  return guarded(procedure, GIMP_RUN_NONINTERACTIVE, [&] {
    // As GIMP has it: it starts a process for every call.
    GimpProcedure *painter = gimp_pdb_lookup_procedure(gimp_get_pdb(), static_cast<const char *>(pastiche));
    if (!painter)
      fail_as_gimp_says();
    g_autoptr(GimpProcedureConfig) plain = gimp_procedure_create_config(painter);
    const Options options(config);
    const std::string existing = text_of(config, "existing");
    const bool skip = existing == "skip";
    if (!skip && !existing.empty() && existing != "fail")
      refuse_call(_("“existing” is to be “fail” or “skip”, not “%s”."), existing.c_str());
    const batch::Settings settings = settings_of(config, options, plain);
    const batch::Plan plan = batch::plan(settings);
    check(plan, plain);
    for (const std::string &fault : plan.faults)
      g_printerr("pastiche: %s\n", fault.c_str());
    for (const std::string &sentence : batch::left_out_of(plan))
      g_printerr("%s\n", sentence.c_str());
    pastiche::make_folder(settings.folder);
    Batch(settings, plan, skip, painter).run();
    return true;
  });
}

} // namespace plugin
