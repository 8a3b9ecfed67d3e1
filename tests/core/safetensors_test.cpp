// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/safetensors.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "safetensors_file.h"

namespace {

using namespace pastiche;
using nlohmann::json;

void expect_refused(const std::filesystem::path &path) {
  try {
    Safetensors file(path);
    ADD_FAILURE() << "was accepted";
  } catch (const Error &error) {
    EXPECT_EQ(error.status(), PASTICHE_BAD_MODEL);
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
}

json tensor(const char *type, json shape, json offsets) { return {{"dtype", type}, {"shape", shape}, {"data_offsets", offsets}}; }

} // namespace

TEST(Safetensors, ReadsWhatWasWritten) {
  SafetensorsFile written;
  written.metadata = {{"name", "a test"}, {"empty", ""}};
  written.add("one", torch::tensor({1.5f, -2.0f, 1e30f}).view({3, 1}));
  written.add("two", torch::tensor(7.0f));
  Safetensors file(written.write());
  EXPECT_EQ(file.metadata().at("name"), "a test");
  EXPECT_EQ(file.metadata().at("empty"), "");
  EXPECT_TRUE(file.contains("one"));
  EXPECT_FALSE(file.contains("three"));
  EXPECT_EQ(file.shape("one"), (std::vector<int64_t>{3, 1}));
  EXPECT_TRUE(file.shape("two").empty());
  EXPECT_TRUE(torch::equal(file.read("two"), torch::tensor(7.0f)));
  EXPECT_TRUE(torch::equal(file.read("one"), torch::tensor({1.5f, -2.0f, 1e30f}).view({3, 1})));
}

TEST(Safetensors, ReadsEveryFloatingType) {
  // 1.5 and -2 as bit patterns of IEEE 754 half (3E00, C000), bfloat16 (3FC0, C000) and double.
  const std::string half("\x00\x3E\x00\xC0", 4), bfloat("\xC0\x3F\x00\xC0", 4), wide("\0\0\0\0\0\0\xF8\x3F\0\0\0\0\0\0\x00\xC0", 16);
  SafetensorsFile written;
  const json header{{"h", tensor("F16", {2}, {0, 4})}, {"b", tensor("BF16", {2}, {4, 8})}, {"d", tensor("F64", {2}, {8, 24})}};
  Safetensors file(written.write(header.dump(), half + bfloat + wide));
  for (const char *name : {"h", "b", "d"}) {
    EXPECT_EQ(file.read(name).scalar_type(), torch::kFloat);
    EXPECT_TRUE(torch::equal(file.read(name), torch::tensor({1.5f, -2.0f}))) << name;
  }
}

TEST(Safetensors, OtherTypesAreNotedButNotReadAsNumbers) {
  SafetensorsFile written;
  Safetensors file(written.write(json{{"i", tensor("I32", {1}, {0, 4})}}.dump(), std::string(4, '\0')));
  EXPECT_TRUE(file.contains("i"));
  EXPECT_THROW(file.read("i"), Error);
  EXPECT_THROW(file.read("absent"), Error);
  EXPECT_THROW(file.shape("absent"), Error);
}

TEST(Safetensors, AFileCutAnywhereIsRefused) {
  SafetensorsFile written;
  written.metadata = {{"name", "cut"}};
  written.add("a", torch::ones({2, 3}));
  written.add("b", torch::ones({5}));
  const std::filesystem::path path = written.write();
  std::ifstream stream(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_NO_THROW(Safetensors{path});
  for (size_t length = 0; length < whole.size(); ++length) {
    SCOPED_TRACE(length);
    expect_refused(written.write_bytes(whole.substr(0, length)));
  }
  expect_refused(written.write_bytes(whole + "x"));
}

TEST(Safetensors, AMissingFileOrAFolderIsRefused) {
  expect_refused("/nonexistent/model.safetensors");
  expect_refused(std::filesystem::temp_directory_path());
}

TEST(Safetensors, HostileHeadersAreRefused) {
  SafetensorsFile file;
  const auto refused = [&](const std::string &header, size_t data_bytes = 8) {
    SCOPED_TRACE(header.substr(0, 200));
    expect_refused(file.write(header, std::string(data_bytes, '\0')));
  };
  // Lengths of the header itself
  expect_refused(file.write_bytes(std::string(8, '\xFF') + "{}"));
  expect_refused(file.write_bytes(std::string("\0\0\0\0\0\0\0\x80", 8) + "{}"));
  expect_refused(file.write_bytes(std::string("\x03\0\0\0\0\0\0\0", 8) + "{}"));
  // Not the JSON that is wanted
  refused("", 0);
  refused("{", 0);
  refused("[]", 0);
  refused("null", 0);
  refused("{}");                        // data that no tensor claims
  refused(std::string(200000, '['), 0); // nested deeply enough to exhaust a recursive parser
  refused("{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}", 0);
  refused(R"({"a": 3})", 0);
  refused(R"({"__metadata__": []})", 0);
  refused(R"({"__metadata__": {"n": 1}})", 0);
  refused("{\"\xFF\xFE\": 1}", 0); // not UTF-8
  // Types
  refused(json{{"a", tensor("F99", {2}, {0, 8})}}.dump());
  refused(R"({"a": {"dtype": 32, "shape": [2], "data_offsets": [0, 8]}})");
  refused(R"({"a": {"shape": [2], "data_offsets": [0, 8]}})");
  // Shapes
  refused(json{{"a", tensor("F32", {3}, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", {-2}, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", {2.0}, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", {"2"}, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", 2, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", {4294967296u, 4294967296u, 2}, {0, 8})}}.dump()); // 2⁶⁵ · 4 bytes wraps round to 0
  refused(json{{"a", tensor("F32", {4611686018427387906u}, {0, 8})}}.dump());        // (2⁶² + 2) · 4 wraps round to 8
  refused(json{{"a", tensor("F32", {1, 1, 1, 1, 1, 1, 1, 1, 2}, {0, 8})}}.dump());
  refused(json{{"a", tensor("F32", {0, 4611686018427387904u, 4}, {0, 0})}}.dump(), 0); // nothing, but strides that wrap round
  // Offsets
  refused(json{{"a", tensor("F32", {2}, {8, 0})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {8, 16})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {-8, 0})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {0})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {0, 8, 8})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {0, 18446744073709551615u})}}.dump());
  refused(json{{"a", tensor("F32", {2}, {0, 8})}, {"b", tensor("F32", {2}, {0, 8})}}.dump());      // the same bytes
  refused(json{{"a", tensor("F32", {2}, {0, 8})}, {"b", tensor("F32", {2}, {4, 12})}}.dump(), 12); // overlapping
  refused(json{{"a", tensor("F32", {1}, {4, 8})}}.dump());                                         // a gap
  // A name that stands twice
  refused(R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}})");
}
