// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/network.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/core/reference.h"
#include "tests/core/safetensors_file.h"

namespace {

using training::Maps;
using training::Network;

} // namespace

TEST(Network, ABranchedTeachersFeaturesAreThoseOfPyTorch) {
  const Network teacher(reference::file("branched"));
  pastiche::Safetensors expected = reference::expected("branched");
  const Maps maps = teacher(expected.read("image"), {"relu1", "norm1", "both"});
  ASSERT_EQ(maps.size(), 3);
  for (const auto &[layer, found] : maps)
    EXPECT_LT(reference::difference(found, expected.read(layer)), 1e-5) << layer;
}

TEST(Network, TheSameFileIsTheSameNetworkForTheCore) {
  for (const std::string &name : reference::networks) {
    const Network network(reference::file(name));
    const torch::Tensor image = reference::expected(name).read("image");
    const std::vector<std::string> relus = network.relus();
    const pastiche::Features known = reference::encoder(name, torch::kFloat)(image, relus);
    for (const auto &[layer, maps] : network(image, {relus.begin(), relus.end()}))
      EXPECT_LT(reference::difference(maps, known.at(layer)), 1e-5) << name << " " << layer;
  }
}

TEST(Network, WhatASavedStudentTellsIsWhatItHasLearnt) {
  const Network student({{4, 6}, {8}}, "blurpool", 7);
  EXPECT_EQ(student.relus(), (std::vector<std::string>{"relu1_1", "relu1_2", "relu2_1"}));
  const auto file = std::filesystem::temp_directory_path() / ("student-" + std::to_string(getpid()) + ".safetensors");
  student.save(file, {{"name", "student"}, {"style_layers", "relu1_1 relu2_1"}, {"content_layers", "relu2_1"}}, {});
  const pastiche::Encoder encoder(file, torch::kCPU, torch::kFloat);
  std::filesystem::remove(file);
  const torch::Tensor image = torch::rand({1, 3, 33, 20});
  // Its weights are kept in 16 bits.
  EXPECT_LT(reference::difference(encoder(image, {"relu2_1"}).at("relu2_1"), student(image, {"relu2_1"}).at("relu2_1")), 2e-3);
}

TEST(Network, WhatIsNoNetworkIsRefused) {
  const auto refused = [](const std::map<std::string, std::string> &metadata) {
    SafetensorsFile file;
    file.metadata = metadata;
    file.add("conv1.weight", torch::ones({2, 3, 3, 3}));
    file.add("conv1.bias", torch::ones({2}));
    EXPECT_THROW(Network(file.write()), pastiche::Error) << file.metadata.dump();
  };
  const std::string input = R"({"order":"RGB","range":[0,1],"mean":[0,0,0],"std":[1,1,1]})", conv = R"([{"op":"conv","name":"conv1"}])";
  refused({{"format", "other"}, {"layers", conv}, {"input", input}});
  refused({{"format", "pastiche-teacher-1"}, {"layers", "[1"}, {"input", input}});
  refused({{"format", "pastiche-teacher-1"}, {"layers", R"([{"op":"attention","name":"a"}])"}, {"input", input}});
  refused({{"format", "pastiche-teacher-1"}, {"layers", R"([{"op":"relu","name":"a","from":["b"]}])"}, {"input", input}});
  refused({{"format", "pastiche-teacher-1"}, {"layers", R"([{"op":"conv","name":"conv2"}])"}, {"input", input}});
  refused({{"format", "pastiche-teacher-1"}, {"layers", conv}});
}
