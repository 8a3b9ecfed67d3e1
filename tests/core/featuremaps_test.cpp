// SPDX-License-Identifier: GPL-3.0-or-later
// Features through the C door, against PyTorch's.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "core/image.h"
#include "core/pastiche.h"
#include "reference.h"

namespace {

// A picture as a host has it.
struct Picture {
  explicit Picture(const torch::Tensor &color, const torch::Tensor &alpha = {})
      : rgba(pastiche::to_host(color, alpha)),
        image{static_cast<int32_t>(color.size(3)), static_cast<int32_t>(color.size(2)), rgba.data()} {}

  std::vector<float> rgba;
  pastiche_image image;
};

struct Extracted {
  Extracted(const std::string &network, const Picture &content, const Picture &style, const Picture *start, pastiche_picture picture) {
    const std::string model = reference::file(network).string();
    const pastiche_style first{style.image, 1, nullptr, 0};
    pastiche_job job{};
    job.struct_size = sizeof job;
    pastiche_options_init(&job.options);
    job.options.model = model.c_str();
    job.options.precision = PASTICHE_FLOAT32;
    job.options.device = PASTICHE_DEVICE_CPU;
    job.options.color = PASTICHE_COLOR_FREE;
    job.options.brush_work = 0; // whose guide may be a little larger than such small pictures
    job.content = content.image;
    job.styles = &first;
    job.style_count = 1;
    job.start = start ? &start->image : nullptr;
    status = pastiche_extract_features(&job, picture, &features, &error);
  }
  ~Extracted() { pastiche_features_free(features); }
  Extracted(const Extracted &) = delete;
  Extracted &operator=(const Extracted &) = delete;

  pastiche_status status;
  pastiche_error error{};
  pastiche_features *features = nullptr;
};

torch::Tensor tensor(const float *values, const std::vector<int64_t> &shape) {
  return torch::from_blob(const_cast<float *>(values), shape, torch::kFloat);
}

// Pictures are read to the nearest of 65536 values, which moves the features by less.
constexpr double rounding = 1e-4;

void expect_reference(const std::string &network, const Extracted &extracted) {
  ASSERT_EQ(extracted.status, PASTICHE_DONE) << extracted.error.message;
  pastiche::Safetensors expected = reference::expected(network), model(reference::file(network));
  for (int32_t i = 0; i < extracted.features->layer_count; ++i) {
    const pastiche_layer &layer = extracted.features->layers[i];
    const std::string name = layer.name;
    const torch::Tensor maps = tensor(layer.maps, {1, layer.channels, layer.height, layer.width});
    const torch::Tensor gram = tensor(layer.gram, {layer.gram_size, layer.gram_size});
    EXPECT_LT(reference::difference(maps, expected.read("feature " + name)), rounding) << name;
    torch::Tensor expected_gram = expected.read("gram " + name);
    if (model.contains(name + ".lens")) {
      const torch::Tensor lens = model.read(name + ".lens");
      expected_gram = lens.matmul(expected_gram).matmul(lens.t());
    }
    EXPECT_LT(reference::difference(gram, expected_gram), rounding) << name;
  }
}

} // namespace

TEST(Features, AreThoseOfPyTorch) {
  for (const std::string &network : reference::networks) {
    pastiche::Safetensors expected = reference::expected(network);
    const Picture image(expected.read("image")), other(expected.read("match"));
    expect_reference(network, {network, image, other, nullptr, PASTICHE_CONTENT});
    expect_reference(network, {network, other, image, nullptr, PASTICHE_FIRST_STYLE}); // of the content's size, so that it keeps its own
    expect_reference(network, {network, other, other, &image, PASTICHE_START});
  }
}

TEST(Features, TellWhatEachLayerIsFor) {
  pastiche::Safetensors expected = reference::expected("smooth");
  const Picture image(expected.read("image"));
  const Extracted extracted("smooth", image, image, nullptr, PASTICHE_CONTENT);
  ASSERT_EQ(extracted.status, PASTICHE_DONE) << extracted.error.message;
  ASSERT_EQ(extracted.features->layer_count, 3);
  const pastiche_layer *layers = extracted.features->layers;
  EXPECT_STREQ(layers[0].name, "relu1_1");
  EXPECT_STREQ(layers[1].name, "relu2_1");
  EXPECT_STREQ(layers[2].name, "relu2_2");
  EXPECT_TRUE(layers[0].is_style_layer && layers[1].is_style_layer && !layers[2].is_style_layer);
  EXPECT_TRUE(!layers[0].is_content_layer && !layers[1].is_content_layer && layers[2].is_content_layer);
  EXPECT_EQ(extracted.features->image.width, image.image.width);
  EXPECT_EQ(extracted.features->image.height, image.image.height);
}

TEST(Features, NeedAPicture) {
  pastiche::Safetensors expected = reference::expected("smooth");
  const torch::Tensor color = expected.read("image");
  const Picture image(color), clear(color, torch::zeros({1, 1, color.size(2), color.size(3)}));
  const Extracted no_start("smooth", image, image, nullptr, PASTICHE_START);
  EXPECT_EQ(no_start.status, PASTICHE_INVALID_ARGUMENT);
  EXPECT_EQ(no_start.features, nullptr);
  const Extracted invisible("smooth", image, clear, nullptr, PASTICHE_FIRST_STYLE);
  EXPECT_EQ(invisible.status, PASTICHE_INVALID_ARGUMENT);
  EXPECT_NE(std::string(invisible.error.message).find("transparent"), std::string::npos);
}

// The last model is kept for the next job.
TEST(Features, AreThoseOfTheModelFileAsItIsNow) {
  namespace fs = std::filesystem;
  const std::string mine = fs::temp_directory_path() / ("pastiche-model-" + std::to_string(getpid()));
  for (const std::string &network : reference::networks) {
    pastiche::Safetensors expected = reference::expected(network);
    const Picture image(expected.read("image")), other(expected.read("match"));
    fs::copy_file(reference::file(network), mine + ".safetensors", fs::copy_options::overwrite_existing);
    expect_reference(network, {mine, image, other, nullptr, PASTICHE_CONTENT});
  }
  fs::remove(mine + ".safetensors");
}
