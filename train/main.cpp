// SPDX-License-Identifier: GPL-3.0-or-later
// pastiche-train: makes a small encoder out of pictures and large networks.
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <cstdio>
#include <set>
#include <string_view>

#include <CLI/CLI.hpp>
#include <gegl.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/utils.h>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "commandline.h"
#include "console/files.h"
#include "console/stop.h"
#include "console/terminal.h"
#include "distillation.h"
#include "host/door.h"
#include "host/options.h"

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;
using pastiche::sentence;
using training::Asked;
using training::Losses;
using training::Network;
using training::Pair;

constexpr int failed = 1, wrong_usage = 2;
constexpr int64_t told_steps = 20;
constexpr double checkpoint_seconds = 120;
constexpr int64_t judged_batches = 16;

[[noreturn]] void refuse(const std::string &why) { throw pastiche::Failure(why); }

std::vector<std::vector<int64_t>> stages_in(const std::vector<std::string> &words) {
  std::vector<std::vector<int64_t>> stages;
  for (const std::string &word : words) {
    std::vector<int64_t> stage;
    for (const std::string &width : CLI::detail::split(word, ',')) {
      int64_t channels = 0;
      if (!CLI::detail::lexical_cast(width, channels) || channels < 1 || channels > 4096)
        refuse(sentence(_("“%s” is not a stage: it wants the channels of its convolutions, such as 32,32."), word.c_str()));
      stage.push_back(channels);
    }
    stages.push_back(stage);
  }
  return stages;
}

struct Teacher {
  std::string name;
  std::string file;
  Network network;
};

// Older files, the built-in one among them, have it under the other spelling.
std::string licence_of(const Network &network) {
  const std::string licence = network.metadata("license");
  return licence.empty() ? network.metadata("licence") : licence;
}

std::string or_unstated(const std::string &licence) { return licence.empty() ? _("not stated") : licence; }

std::vector<Teacher> teachers_in(const std::vector<std::string> &words) {
  std::vector<Teacher> teachers;
  for (const std::string &word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos)
      refuse(sentence(_("“%s” is not a teacher: it wants a name and a file, such as vgg=vgg19.safetensors."), word.c_str()));
    const std::string file = word.substr(equals + 1);
    teachers.push_back({word.substr(0, equals), file, Network(file)});
  }
  return teachers;
}

// "relu3_2=vgg:relu3_4*0.5"; without any, every ReLU that a teacher has under the same name.
std::vector<Pair> pairs_in(const std::vector<std::string> &words, const Network &student, const std::vector<Teacher> &teachers) {
  std::vector<Pair> pairs;
  for (const std::string &word : words) {
    const size_t equals = word.find('='), colon = word.find(':', equals + 1), star = std::min(word.find('*'), word.size());
    if (equals == std::string::npos || colon == std::string::npos || star < colon)
      refuse(sentence(_("“%s” does not match layers: it is written as relu3_2=vgg:relu3_4 or relu3_2=vgg:relu3_4*0.5."), word.c_str()));
    const std::string name = word.substr(equals + 1, colon - equals - 1);
    Pair pair{word.substr(0, equals), teachers.size(), word.substr(colon + 1, star - colon - 1), 1};
    for (size_t i = 0; i < teachers.size(); ++i)
      if (teachers[i].name == name)
        pair.teacher = i;
    if (star < word.size() && (!CLI::detail::lexical_cast(word.substr(star + 1), pair.weight) || !(pair.weight > 0)))
      refuse(sentence(_("The weight in “%s” is not a positive number."), word.c_str()));
    if (pair.teacher == teachers.size() || !student.has(pair.student) || !teachers[pair.teacher].network.has(pair.layer))
      refuse(sentence(_("“%s” names a layer or a teacher that is not there."), word.c_str()));
    pairs.push_back(pair);
  }
  if (words.empty())
    for (const std::string &layer : student.relus())
      for (size_t i = 0; i < teachers.size(); ++i)
        if (teachers[i].network.has(layer))
          pairs.push_back({layer, i, layer, 1});
  if (pairs.empty() && !teachers.empty())
    refuse(_("Student and teachers have no layers of the same name; say with --match which belong together."));
  return pairs;
}

std::string label(const Pair &pair, const std::vector<std::string> &teachers) {
  return pair.student + " → " + teachers[pair.teacher] + " " + pair.layer;
}

// A line for every told step: its number, and each pair's losses.
std::string as_csv(const json &history, const std::vector<Pair> &pairs, const std::vector<std::string> &teachers) {
  std::string text = "step";
  const size_t columns = history.empty() ? 0 : history[0].size() - 1; // without --gram, half as many
  for (const char *kind : {"regression", "gram"})
    for (const Pair &pair : pairs)
      if (std::string_view(kind) == "regression" || columns > pairs.size())
        text += ",\"" + label(pair, teachers) + " " + kind + "\"";
  text += "\n";
  for (const json &line : history) {
    std::string cells;
    for (const json &value : line)
      cells += (cells.empty() ? "" : ",") + value.dump();
    text += cells + "\n";
  }
  return text;
}

std::string card(const Asked &asked, const training::Distillation &distillation, const std::vector<Teacher> &teachers,
                 const std::vector<std::string> &names, const training::Pictures &pictures, const Losses &losses, double seconds,
                 torch::Device device) {
  std::string text = sentence("# %s\n\n", asked.name.c_str());
  text += "| | |\n| --- | --- |\n";
  const auto row = [&](const char *what, const std::string &value) { text += sentence("| %s | %s |\n", what, value.c_str()); };
  row(_("Pictures"), sentence(_("%zu (files passed over: %zu)"), pictures.count(), pictures.passed_over()));
  for (const Teacher &teacher : teachers)
    row(_("Teacher"), teacher.name + ": " + teacher.network.metadata("name") + ", " + or_unstated(licence_of(teacher.network)));
  const training::Settings &settings = asked.settings;
  row(_("Begun from"), asked.start_from.empty() ? _("random weights") : std::filesystem::path(asked.start_from).filename().string());
  row(_("Training"),
      sentence(_("%lld steps of %lld crops of %lld², seed %llu, %.0f seconds, %s"), static_cast<long long>(distillation.steps_done()),
               static_cast<long long>(settings.batch), static_cast<long long>(asked.crop), static_cast<unsigned long long>(settings.seed),
               seconds, device.str().c_str()));
  row(_("Lenses"), asked.whiten > 0 ? sentence(_("of the style layers, whitened by %g"), asked.whiten) : _("none"));
  row(_("Licence"), or_unstated(asked.licence));
  text += "\n";
  text +=
      _("On pictures that were not learnt from (regression: 1 = nothing learnt; Gram: relative squared error of the Gram matrices):\n\n");
  text += _("| layer → teacher | regression | Gram |\n| --- | --- | --- |\n");
  for (size_t i = 0; i < distillation.pairs().size(); ++i)
    text += sentence("| %s | %.3f | %s |\n", label(distillation.pairs()[i], names).c_str(), losses.regression[i],
                     losses.gram.empty() ? "" : sentence("%.3f", losses.gram[i]).c_str());
  return text;
}

int train(Asked asked) {
  if (asked.name.empty())
    asked.name = pastiche::shown(std::filesystem::path(asked.output).stem());
  // What is wrong with the places is told now, not after hours.
  cli::Files files;
  const auto beside = [&](const char *ending) {
    const std::string path = std::filesystem::path(asked.output).replace_extension(ending).string();
    return files.write(sentence(_("“%s”"), pastiche::shown(path).c_str()), path);
  };
  const std::string table_file = beside(".csv"), card_file = beside(".md");
  asked.output = files.write("--output", asked.output);
  if (!asked.checkpoint.empty())
    asked.checkpoint = files.write("--checkpoint", asked.checkpoint);
  files.read("--start-from", asked.start_from);
  const torch::Device device =
      asked.device == "cpu" || (asked.device == "auto" && !torch::cuda::is_available()) ? torch::kCPU : torch::kCUDA;
  Network student = asked.start_from.empty()
                        ? Network(stages_in(asked.stages), asked.pooling.empty() ? "blurpool" : asked.pooling, asked.settings.seed)
                        : Network(asked.start_from);
  if (!asked.pooling.empty())
    student.set_pooling(asked.pooling);
  std::vector<Teacher> teachers = teachers_in(asked.teachers);
  if (teachers.empty() && (asked.start_from.empty() || asked.settings.steps > 0))
    refuse(_("A student learns from teachers: name one with --teacher, or give --start-from and --steps 0, which only make lenses."));
  const std::vector<Pair> pairs = pairs_in(asked.matches, student, teachers);
  std::vector<std::string> names;
  std::vector<Network> networks;
  for (const Teacher &teacher : teachers) {
    files.read("--teacher", teacher.file);
    names.push_back(teacher.name);
    networks.push_back(teacher.network);
  }
  const auto or_own = [&](std::string &layers, const char *key, const char *option) {
    if (layers.empty())
      layers = student.metadata(key);
    if (layers.empty())
      refuse(sentence(_("Say with --%s which layers of the student style transfer is to use."), option));
  };
  if (asked.licence.empty())
    asked.licence = licence_of(student);
  or_own(asked.style_layers, "style_layers", "style-layers");
  or_own(asked.content_layers, "content_layers", "content-layers");

  std::fprintf(stderr, "%s\n", _("Reading pictures…"));
  const training::Pictures pictures(asked.folders, asked.side, asked.crop);
  for (const std::filesystem::path &file : pictures.files())
    files.read("FOLDER", file);
  std::fprintf(stderr, _("Pictures: %zu. Files passed over: %zu.\n"), pictures.count(), pictures.passed_over());

  training::Distillation distillation(student, std::move(networks), pairs, asked.settings, device);
  json history = json::array();
  std::vector<double> sums; // of the losses since the history's last line
  double seconds_before = 0;
  if (!asked.checkpoint.empty() && std::filesystem::exists(asked.checkpoint)) {
    const json about = json::parse(distillation.load(asked.checkpoint));
    history = about.at("history");
    sums = about.at("sums").get<std::vector<double>>();
    seconds_before = about.at("seconds");
    std::fprintf(stderr, _("Going on after step %lld.\n"), static_cast<long long>(distillation.steps_done()));
  } else if (!pairs.empty()) {
    distillation.prepare(pictures);
  }

  const cli::StopRequests stop;
  const auto start = Clock::now();
  const auto seconds_since = [](Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); };
  auto last_checkpoint = start;
  const int64_t first = distillation.steps_done();
  const auto keep = [&] {
    if (!asked.checkpoint.empty())
      distillation.save(asked.checkpoint,
                        json{{"history", history}, {"sums", sums}, {"seconds", seconds_before + seconds_since(start)}}.dump());
    last_checkpoint = Clock::now();
  };
  while (distillation.steps_done() < asked.settings.steps) {
    const Losses losses = distillation.step(pictures);
    sums.resize(losses.regression.size() + losses.gram.size());
    for (size_t i = 0; i < sums.size(); ++i)
      sums[i] += i < losses.regression.size() ? losses.regression[i] : losses.gram[i - losses.regression.size()];
    const int64_t done = distillation.steps_done();
    if (done % told_steps == 0) {
      json line{done};
      double regression = 0;
      for (size_t i = 0; i < sums.size(); ++i) {
        line.push_back(sums[i] / told_steps);
        if (i < pairs.size())
          regression += sums[i] / static_cast<double>(told_steps * static_cast<int64_t>(pairs.size()));
      }
      history.push_back(line);
      sums.clear();
      const double each = seconds_since(start) / static_cast<double>(done - first);
      std::fprintf(stderr, _("Step %lld of %lld: error %.4f, %.2f s a step, %.0f minutes left.\n"), static_cast<long long>(done),
                   static_cast<long long>(asked.settings.steps), regression, each,
                   each * static_cast<double>(asked.settings.steps - done) / 60);
    }
    if (stop.stop_asked()) {
      keep();
      std::fprintf(stderr, "%s\n",
                   asked.checkpoint.empty() ? _("Stopped; without --checkpoint nothing was kept.")
                                            : _("Stopped; the same command goes on from here."));
      return 130;
    }
    if (seconds_since(last_checkpoint) >= checkpoint_seconds)
      keep();
  }
  keep();

  const Losses losses = pairs.empty() ? Losses() : distillation.judge(pictures, judged_batches);
  std::string taught_by;
  for (const Teacher &teacher : teachers)
    taught_by += (taught_by.empty() ? "" : ", ") + teacher.network.metadata("name") + " (" + licence_of(teacher.network) + ")";
  training::Maps lenses;
  if (asked.whiten > 0)
    lenses = distillation.lenses(pictures, CLI::detail::split(asked.style_layers, ' '), asked.whiten);
  distillation.student().save(
      asked.output,
      {{"name", asked.name},
       {"style_layers", asked.style_layers},
       {"content_layers", asked.content_layers},
       {"license", asked.licence},
       {"training", teachers.empty()
                        ? student.metadata("training")
                        : sentence("distilled from %s; %lld steps of %lld crops %lldx%lld, %zu pictures", taught_by.c_str(),
                                   static_cast<long long>(distillation.steps_done()), static_cast<long long>(asked.settings.batch),
                                   static_cast<long long>(asked.crop), static_cast<long long>(asked.crop), pictures.count())},
       {"lenses", asked.whiten > 0 ? sentence("whitened by %g, from %zu pictures", asked.whiten, pictures.count()) : "none"}},
      lenses);
  pastiche::write_text(table_file, as_csv(history, pairs, names));
  pastiche::write_text(card_file,
                       card(asked, distillation, teachers, names, pictures, losses, seconds_before + seconds_since(start), device));
  std::printf(_("“%s” is trained; its card and its losses lie beside it.\n"), pastiche::shown(asked.output).c_str());
  return 0;
}

int complain(int status, const char *sentence) {
  std::fprintf(stderr, "pastiche-train: %s\n", sentence);
  return status;
}

} // namespace

int main(int argc, char **argv) {
  pastiche::prepare_openmp();
  std::setlocale(LC_ALL, "");
  std::setlocale(LC_NUMERIC, "C");
  pastiche::bind_translations();
  try {
    const training::CommandLine line = training::parse(argc, argv);
    if (line.help) {
      std::fputs(shown(line.page, cli::terminal_columns(STDOUT_FILENO).value_or(100)).c_str(), stdout);
      return 0;
    }
    gegl_init(nullptr, nullptr);
    return train(line.asked);
  } catch (const training::UsageError &error) {
    return complain(wrong_usage, error.what());
  } catch (const std::exception &error) {
    return complain(failed, error.what());
  }
}
