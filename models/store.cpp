// SPDX-License-Identifier: GPL-3.0-or-later
#include "store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/checksum.h"
#include "base/datafolder.h"
#include "base/failure.h"
#include "base/mappedfile.h"
#include "base/modelsfolder.h"
#include "base/sentence.h"
#include "base/workspace.h"

namespace models {
namespace {

namespace fs = std::filesystem;
using pastiche::Damage;
using pastiche::Failure;
using pastiche::MappedFile;
using pastiche::sentence;
using pastiche::shown;

constexpr const char *ending = ".safetensors", *sum_ending = ".sha256";
constexpr size_t sum_letters = 64;

fs::path path_of(const std::string &name) { return fs::path(store_folder()) / (name + ending); }

} // namespace

std::string store_folder() { return pastiche::models_folder(); }

std::vector<Installed> installed_models() {
  std::vector<Installed> models;
  std::error_code ignored;
  for (const fs::directory_entry &entry : fs::directory_iterator(store_folder(), ignored))
    if (entry.path().extension() == ending && pastiche::is_plain_name(entry.path().stem()) && entry.is_regular_file(ignored))
      models.push_back({entry.path().stem(), entry.path(), entry.file_size(ignored)});
  std::ranges::sort(models, {}, &Installed::name);
  return models;
}

Installed installed_model(const std::string &name) {
  for (Installed &model : installed_models())
    if (model.name == name)
      return model;
  throw Failure(sentence(_("There is no installed model “%s”; “pastiche models list” shows those that are there."), name.c_str()));
}

bool is_installed(const std::string &name) { return std::ranges::count(installed_models(), name, &Installed::name) > 0; }

void check_free_name(const std::string &name) {
  if (!pastiche::is_plain_name(name))
    throw Failure(sentence(_("A model cannot be called “%s”; use letters, digits, dots and dashes."), name.c_str()));
  if (name.ends_with(ending))
    throw Failure(
        sentence(_("A model cannot be called “%s”: what ends in .safetensors is taken for a file. Leave the ending out."), name.c_str()));
  if (std::ranges::count(built_in_models(), name))
    throw Failure(sentence(_("“%s” is a model that is built in; choose another name."), name.c_str()));
  if (is_installed(name))
    throw Failure(sentence(_("There is a model “%s” already; remove it first, or choose another name."), name.c_str()));
}

std::string install(const std::string &name, const StateDict &weights, const Vgg &network, Input input, const std::string &source,
                    const std::string &licence) {
  std::error_code why;
  fs::create_directories(store_folder(), why);
  if (why)
    throw Failure(sentence(_("The folder “%s” cannot be made: %s."), shown(store_folder()).c_str(), why.message().c_str()));
  const std::string path = path_of(name);
  pastiche::Workspace workspace(path);
  write_encoder(workspace.file(), weights, network, input, {{"name", name}, {"source", source}, {"license", licence}});
  // First, so that no model is ever there without it.
  pastiche::write_text(path + sum_ending, pastiche::sha256(MappedFile(workspace.file()).bytes()) + "  " + name + ending + "\n");
  workspace.publish();
  return path;
}

bool verify(const Installed &model) {
  const MappedFile file(model.path);
  const std::string damaged = sentence(
      _("The model “%s” is damaged: its bytes are not those that were installed. Remove it and get it again."), model.name.c_str());
  std::string sum;
  std::ifstream(model.path + sum_ending) >> sum;
  if (!sum.empty() && (sum.size() != sum_letters || sum != pastiche::sha256(file.bytes())))
    throw Failure(damaged);
  try {
    pastiche::TensorIndex(file.bytes(), file.bytes().size());
  } catch (const Damage &) {
    throw Failure(damaged);
  }
  return !sum.empty();
}

void remove(const Installed &model) {
  std::error_code why;
  fs::remove(model.path, why);
  if (why)
    throw Failure(sentence(_("“%s” cannot be removed: %s."), shown(model.path).c_str(), why.message().c_str()));
  fs::remove(model.path + sum_ending, why);
}

} // namespace models
