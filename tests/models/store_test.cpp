// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of models, and what on the way there is kept for later, without the command line's help.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/mappedfile.h"
#include "base/tensorindex.h"
#include "host/options.h"
#include "models/cancelled.h"
#include "models/importfile.h"
#include "models/partialfile.h"
#include "models/store.h"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Every test gets a folder of its own; GLib asks only once where the user's data are, so that one is the same for all.
class Store : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder = fs::temp_directory_path() / ("pastiche-store-test-" + std::to_string(getpid()));
    fs::create_directories(folder);
    setenv("XDG_DATA_HOME", folder.c_str(), 1);
  }
  static void TearDownTestSuite() { fs::remove_all(folder); }
  void TearDown() override { fs::remove_all(models::store_folder()); }

  // A network of one 3×3 convolution with values as training leaves them, as a safetensors file.
  static void write_network(const fs::path &file) {
    const size_t count = 8 * 3 * 3 * 3;
    std::vector<float> values(count + 8);
    for (size_t i = 0; i < count; ++i)
      values[i] = (i % 2 ? 0.27f : -0.27f) * (1 + static_cast<float>(i % 7) / 10);
    const json header{{"features.0.weight", {{"dtype", "F32"}, {"shape", {8, 3, 3, 3}}, {"data_offsets", {0, 4 * count}}}},
                      {"features.0.bias", {{"dtype", "F32"}, {"shape", {8}}, {"data_offsets", {4 * count, 4 * values.size()}}}}};
    const std::string text = header.dump();
    const uint64_t length = text.size();
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char *>(&length), sizeof length);
    out << text;
    out.write(reinterpret_cast<const char *>(values.data()), static_cast<std::streamsize>(4 * values.size()));
    const json catalogue{{"tiny",
                          {{"title", "Tiny-1"},
                           {"blocks", {{8, 1}}},
                           {"url", "https://models.invalid/model.safetensors"},
                           {"source", "nobody's"},
                           {"licence", "CC0-1.0"},
                           {"file_sha256", nullptr},
                           {"tensors_sha256", nullptr},
                           {"begins", json::object()}}}};
    std::ofstream(folder / "catalogue.json") << catalogue;
    setenv("PASTICHE_CATALOGUE", (folder / "catalogue.json").c_str(), 1);
  }

  static std::vector<std::string> kept() {
    std::vector<std::string> names;
    for (const fs::directory_entry &entry : fs::directory_iterator(models::store_folder()))
      names.push_back(entry.path().filename());
    return names;
  }

  static inline fs::path folder;
};

std::string refusal(const std::string &name) {
  try {
    models::check_free_name(name);
  } catch (const pastiche::Failure &failure) {
    return failure.what();
  }
  return "";
}

} // namespace

TEST_F(Store, ANameThatWouldBeTakenForAFileIsRefused) {
  EXPECT_NE(refusal("mine.safetensors").find("taken for a file"), std::string::npos);
  EXPECT_EQ(refusal("mine"), "");
  EXPECT_EQ(refusal("mine.v2"), "");
}

TEST_F(Store, WhatLiesAmongTheSourcesIsBuiltIn) {
  std::set<std::string> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(MODELS))
    if (entry.path().extension() == ".safetensors" && entry.path().stem() != "decoders") // they are no model of their own
      files.insert(entry.path().stem());
  const std::vector<std::string> &names = models::built_in_models();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), files);
  pastiche_options defaults;
  pastiche::set_defaults(defaults);
  EXPECT_EQ(names.front(), defaults.model);
  for (const std::string &name : names)
    EXPECT_NE(refusal(name).find("built in"), std::string::npos);
}

TEST_F(Store, FilesWhoseNamesAreNotUtf8CanBeImported) {
  const fs::path file = folder / "Gem\xe4lde.safetensors"; // Latin-1
  write_network(file);
  const models::Imported imported = models::import(file, "mine");
  const pastiche::MappedFile written(imported.path);
  const pastiche::TensorIndex index(written.bytes(), written.bytes().size());
  EXPECT_TRUE(index.metadata().at("source").starts_with("imported from Gem\uFFFDlde.safetensors (SHA-256 "))
      << index.metadata().at("source");
}

TEST_F(Store, OnlyOneProcessHasWhatArrivedOfAModel) {
  {
    models::PartialFile first(models::store_folder(), "tiny", "parts");
    first.write(0, std::as_bytes(std::span("what has arrived")));
    EXPECT_THROW(models::PartialFile(models::store_folder(), "tiny", "parts"), pastiche::Failure);
    EXPECT_THROW(models::PartialFile(models::store_folder(), "tiny", "whole"), pastiche::Failure);
    EXPECT_TRUE(fs::exists(first.path()));
    const models::PartialFile another(models::store_folder(), "tiny-2", "parts");
    EXPECT_TRUE(fs::exists(first.path()));
  }
  {
    const models::PartialFile again(models::store_folder(), "tiny", "parts");
    EXPECT_EQ(again.length(), sizeof "what has arrived");
  }
  const models::PartialFile other(models::store_folder(), "tiny", "whole");
  EXPECT_EQ(other.length(), 0u);
  EXPECT_EQ(kept().size(), 2u) << "tiny's in whole and tiny-2's";
}
