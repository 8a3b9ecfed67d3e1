// SPDX-License-Identifier: GPL-3.0-or-later
#include "importfile.h"

#include <glib.h>

#include <algorithm>
#include <filesystem>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/mappedfile.h"
#include "base/sentence.h"
#include "base/tensorindex.h"
#include "store.h"

namespace models {
namespace {

namespace fs = std::filesystem;
using pastiche::Damage;
using pastiche::Failure;
using pastiche::MappedFile;
using pastiche::sentence;
using pastiche::shown;

constexpr size_t least_sum_letters = 8; // PyTorch's files have eight

// The piece of the SHA-256 in a name such as vgg19-dcbb9e9d.pth; empty when there is none. Digits alone are a date or some other number.
std::string sum_in_name(const std::string &path) {
  const std::string stem = fs::path(path).stem();
  const std::string piece = stem.substr(stem.rfind('-') + 1);
  const bool is_sum = piece.find_first_not_of("0123456789") != std::string::npos && piece.size() >= least_sum_letters &&
                      piece.size() < stem.size() && fs::path(path).extension() == ".pth" &&
                      std::ranges::all_of(piece, [](char letter) { return g_ascii_isxdigit(letter) && !g_ascii_isupper(letter); });
  return is_sum ? piece : "";
}

// As torchvision has them: a network in torch.nn.DataParallel puts "module." before every name, and its features alone lack "features.".
StateDict torchvision_names(const StateDict &weights) {
  StateDict renamed;
  for (const auto &[name, tensor] : weights) {
    std::string known = name.starts_with("module.") ? name.substr(7) : name;
    if (!known.empty() && g_ascii_isdigit(known[0]))
      known = "features." + known;
    renamed.emplace(known, tensor);
  }
  return renamed;
}

} // namespace

Imported import(const std::string &path, const std::string &wanted_name) {
  if (!wanted_name.empty())
    check_free_name(wanted_name);
  const MappedFile file(path);
  try {
    pastiche::refuse_stand_in(file.bytes());
    const std::string sum = pastiche::sha256(file.bytes()), promised = sum_in_name(path);
    if (!sum.starts_with(promised))
      throw Failure(sentence(_("“%s” is damaged: its SHA-256 does not begin with %s, as its name says. Get it again."), shown(path).c_str(),
                             promised.c_str()));
    const StateDict weights = torchvision_names(state_dict(file.bytes()));
    const std::vector<Model> known = catalogue();
    const Model &model = model_of(weights, known);
    const std::string name = wanted_name.empty() ? model.name : wanted_name;
    check_free_name(name);
    check(weights, model.network);
    const bool is_published = sum == model.file_sha256;
    const std::string source =
        is_published ? model.source : sentence("imported from %s (SHA-256 %s)", shown(fs::path(path).filename()).c_str(), sum.c_str());
    return {.name = name,
            .path = install(name, weights, model.network, input_of(weights, model), source, is_published ? model.licence : "unknown"),
            .title = model.network.title,
            .is_published = is_published};
  } catch (const Damage &damage) {
    throw Failure(sentence(_("“%s” holds no network that can be imported (%s)."), shown(path).c_str(), damage.what()));
  }
}

} // namespace models
