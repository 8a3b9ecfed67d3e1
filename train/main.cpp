// SPDX-License-Identifier: GPL-3.0-or-later
// pastiche-train: makes a small encoder out of pictures and large networks, and decoders out of pictures and an encoder.
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <set>
#include <string_view>

#include <CLI/CLI.hpp>
#include <gegl.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/utils.h>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "commandline.h"
#include "console/files.h"
#include "console/terminal.h"
#include "core/image.h"
#include "course.h"
#include "distillation.h"
#include "host/door.h"
#include "host/options.h"
#include "reconstruction.h"

namespace {

using nlohmann::json;
using pastiche::sentence;
using training::Asked;
using training::Losses;
using training::Network;
using training::Pair;

constexpr int failed = 1, wrong_usage = 2, stopped = 130;
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

// What the columns of a step's losses are called. Without --gram there are half as many.
std::vector<std::string> columns_of(const std::vector<Pair> &pairs, const std::vector<std::string> &teachers, bool with_gram) {
  std::vector<std::string> columns;
  for (const char *kind : {"regression", "gram"})
    for (const Pair &pair : pairs)
      if (with_gram || std::string_view(kind) == "regression")
        columns.push_back(label(pair, teachers) + " " + kind);
  return columns;
}

// A line for every told step: its number, and the losses.
std::string as_csv(const json &history, const std::vector<std::string> &columns) {
  std::string text = "step";
  for (const std::string &column : columns)
    text += ",\"" + column + "\"";
  text += "\n";
  for (const json &line : history) {
    std::string cells;
    for (const json &value : line)
      cells += (cells.empty() ? "" : ",") + value.dump();
    text += cells + "\n";
  }
  return text;
}

// A model's card up to what it was trained with.
std::string head_of_card(const Asked &asked, const training::Pictures &pictures,
                         const std::vector<std::pair<const char *, std::string>> &rows, int64_t steps, double seconds,
                         torch::Device device) {
  std::string text = sentence("# %s\n\n", asked.name.c_str());
  text += "| | |\n| --- | --- |\n";
  const auto row = [&](const char *what, const std::string &value) { text += sentence("| %s | %s |\n", what, value.c_str()); };
  row(_("Pictures"), sentence(_("%zu (files passed over: %zu)"), pictures.count(), pictures.passed_over()));
  for (const auto &[what, value] : rows)
    row(what, value);
  row(_("Training"), sentence(_("%lld steps of %lld crops of %lld², seed %llu, %.0f seconds, %s"), static_cast<long long>(steps),
                              static_cast<long long>(asked.settings.batch), static_cast<long long>(asked.crop),
                              static_cast<unsigned long long>(asked.settings.seed), seconds, device.str().c_str()));
  row(_("Licence"), or_unstated(asked.licence));
  return text + "\n";
}

std::string card(const Asked &asked, const training::Distillation &distillation, const std::vector<Teacher> &teachers,
                 const std::vector<std::string> &names, const training::Pictures &pictures, const Losses &losses, double seconds,
                 torch::Device device) {
  std::vector<std::pair<const char *, std::string>> rows;
  for (const Teacher &teacher : teachers)
    rows.emplace_back(_("Teacher"),
                      teacher.name + ": " + teacher.network.metadata("name") + ", " + or_unstated(licence_of(teacher.network)));
  rows.emplace_back(_("Begun from"),
                    asked.start_from.empty() ? _("random weights") : std::filesystem::path(asked.start_from).filename().string());
  rows.emplace_back(_("Lenses"), asked.whiten > 0 ? sentence(_("of the style layers, whitened by %g"), asked.whiten) : _("none"));
  std::string text = head_of_card(asked, pictures, rows, distillation.steps_done(), seconds, device);
  text +=
      _("On pictures that were not learnt from (regression: 1 = nothing learnt; Gram: relative squared error of the Gram matrices):\n\n");
  text += _("| layer → teacher | regression | Gram |\n| --- | --- | --- |\n");
  for (size_t i = 0; i < distillation.pairs().size(); ++i)
    text += sentence("| %s | %.3f | %s |\n", label(distillation.pairs()[i], names).c_str(), losses.regression[i],
                     losses.gram.empty() ? "" : sentence("%.3f", losses.gram[i]).c_str());
  return text;
}

// Where the results go: what is wrong with the places is told at once, not after hours.
struct Places {
  cli::Files files;
  std::string table, card;

  explicit Places(Asked &asked) {
    if (asked.name.empty())
      asked.name = pastiche::shown(std::filesystem::path(asked.output).stem());
    const auto beside = [&](const char *ending) {
      const std::string path = std::filesystem::path(asked.output).replace_extension(ending).string();
      return files.write(sentence(_("“%s”"), pastiche::shown(path).c_str()), path);
    };
    table = beside(".csv");
    card = beside(".md");
    asked.output = files.write("--output", asked.output);
    if (!asked.checkpoint.empty())
      asked.checkpoint = files.write("--checkpoint", asked.checkpoint);
    files.read("--start-from", asked.start_from);
    files.read("--decoders-of", asked.decoders_of);
  }
};

torch::Device device_of(const Asked &asked) {
  return asked.device == "cpu" || (asked.device == "auto" && !torch::cuda::is_available()) ? torch::kCPU : torch::kCUDA;
}

training::Pictures read_pictures(const Asked &asked, cli::Files &files) {
  std::fprintf(stderr, "%s\n", _("Reading pictures…"));
  training::Pictures pictures(asked.folders, asked.side, asked.crop);
  for (const std::filesystem::path &file : pictures.files())
    files.read("FOLDER", file);
  std::fprintf(stderr, _("Pictures: %zu. Files passed over: %zu.\n"), pictures.count(), pictures.passed_over());
  return pictures;
}

// What decoders learn from at a step: a batch, reduced by up to a half, since the first picture is painted on pictures of several sizes.
torch::Tensor crops_at(const training::Pictures &pictures, const Asked &asked, int64_t turn) {
  constexpr int64_t multiple = 8;
  const int64_t most = asked.crop / multiple, least = (most + 1) / 2;
  const int64_t side = multiple * (least + static_cast<int64_t>(static_cast<uint64_t>(turn) * 2654435761u % 65521u) % (most - least + 1));
  const torch::Tensor crops = pictures.batch(training::Pictures::Part::learnt, asked.settings.batch, asked.settings.seed, turn);
  return pastiche::resize(crops, side, side);
}

// The losses of decoders, decoder by decoder.
std::vector<double> values_of(const std::vector<training::DecoderLosses> &losses) {
  std::vector<double> values;
  for (const training::DecoderLosses &one : losses)
    for (const torch::Tensor &value : {one.picture, one.features, one.moved})
      values.push_back(value.item<double>());
  return values;
}

int train_decoders(Asked asked) {
  Places places(asked);
  const torch::Device device = device_of(asked);
  const Network encoder(asked.decoders_of);
  if (asked.licence.empty())
    asked.licence = licence_of(encoder);
  training::Reconstruction decoders(encoder, pastiche::sha256_of_file(asked.decoders_of), asked.settings, device);
  const training::Pictures pictures = read_pictures(asked, places.files);
  std::vector<std::string> columns;
  for (const std::string &layer : decoders.layers())
    for (const char *kind : {"picture", "features", "moved"})
      columns.push_back(layer + " " + kind);
  const training::Learnt learnt =
      training::run({.prepare = [] {},
                     .step = [&] { return values_of(decoders.step(crops_at(pictures, asked, decoders.steps_done() + 1).to(device))); },
                     .steps_done = [&] { return decoders.steps_done(); },
                     .save = [&](const auto &file, const auto &about) { decoders.save(file, about); },
                     .load = [&](const auto &file) { return decoders.load(file); },
                     .errors = columns.size()},
                    asked.settings.steps, asked.checkpoint);
  if (learnt.stopped)
    return stopped;

  std::vector<double> sums(columns.size());
  for (int64_t batch = 0; batch < judged_batches; ++batch) {
    const torch::NoGradGuard no_grad;
    const int64_t side = asked.crop / 8 * 8;
    const torch::Tensor crops = pictures.batch(training::Pictures::Part::held_out, asked.settings.batch, asked.settings.seed, batch);
    const std::vector<double> losses = values_of(decoders.losses(pastiche::resize(crops, side, side).to(device), batch));
    for (size_t i = 0; i < sums.size(); ++i)
      sums[i] += losses[i] / judged_batches;
  }
  const std::filesystem::path encoder_file = asked.decoders_of;
  decoders.write(asked.output, encoder_file.stem().string(),
                 {{"name", asked.name},
                  {"license", asked.licence},
                  {"training", sentence("%lld steps of %lld crops %lldx%lld and smaller, %zu pictures",
                                        static_cast<long long>(decoders.steps_done()), static_cast<long long>(asked.settings.batch),
                                        static_cast<long long>(asked.crop), static_cast<long long>(asked.crop), pictures.count())}});
  pastiche::write_text(places.table, as_csv(learnt.history, columns));
  std::string text =
      head_of_card(asked, pictures, {{_("Decoders of"), encoder_file.filename().string()}}, decoders.steps_done(), learnt.seconds, device);
  text += _("On pictures that were not learnt from (train/reconstruction.h says what the numbers are):\n\n");
  text += _("| layer | picture | features | moved features |\n| --- | --- | --- | --- |\n");
  const std::vector<std::string> layers = decoders.layers();
  for (size_t i = 0; i < layers.size(); ++i)
    text += sentence("| %s | %.4f | %.4f | %.4f |\n", layers[i].c_str(), sums[3 * i], sums[3 * i + 1], sums[3 * i + 2]);
  pastiche::write_text(places.card, text);
  std::printf(_("“%s” is trained; its card and its losses lie beside it.\n"), pastiche::shown(asked.output).c_str());
  return 0;
}

int train_encoder(Asked asked) {
  Places places(asked);
  const torch::Device device = device_of(asked);
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
    places.files.read("--teacher", teacher.file);
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

  const training::Pictures pictures = read_pictures(asked, places.files);
  training::Distillation distillation(student, std::move(networks), pairs, asked.settings, device);
  const size_t compared = pairs.size();
  const training::Learnt learnt =
      training::run({.prepare =
                         [&] {
                           if (compared > 0)
                             distillation.prepare(pictures);
                         },
                     .step =
                         [&] {
                           Losses losses = distillation.step(pictures);
                           losses.regression.insert(losses.regression.end(), losses.gram.begin(), losses.gram.end());
                           return losses.regression;
                         },
                     .steps_done = [&] { return distillation.steps_done(); },
                     .save = [&](const auto &file, const auto &about) { distillation.save(file, about); },
                     .load = [&](const auto &file) { return distillation.load(file); },
                     .errors = compared},
                    asked.settings.steps, asked.checkpoint);
  if (learnt.stopped)
    return stopped;

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
  pastiche::write_text(places.table, as_csv(learnt.history, columns_of(pairs, names, asked.settings.gram > 0)));
  pastiche::write_text(places.card, card(asked, distillation, teachers, names, pictures, losses, learnt.seconds, device));
  std::printf(_("“%s” is trained; its card and its losses lie beside it.\n"), pastiche::shown(asked.output).c_str());
  return 0;
}

int complain(int status, const char *sentence) {
  std::fprintf(stderr, "pastiche-train: %s\n", sentence);
  return status;
}

} // namespace

int main(int argc, char **argv) {
  pastiche::prepare_process();
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
    return line.asked.decoders_of.empty() ? train_encoder(line.asked) : train_decoders(line.asked);
  } catch (const training::UsageError &error) {
    return complain(wrong_usage, error.what());
  } catch (const std::exception &error) {
    return complain(failed, error.what());
  }
}
