// SPDX-License-Identifier: GPL-3.0-or-later
// The operation as GEGL sees it, with a core that paints the negative (test_core.cpp).
#include <dlfcn.h>
#include <gegl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/pastiche.h"
#include "raster/ref.h"

namespace {

namespace fs = std::filesystem;

using raster::Ref;

constexpr const char *name = "pastiche:stylize";

std::vector<std::string> said; // GEGL's messages

void listen(const char *, GLogLevelFlags, const char *message, gpointer) { said.emplace_back(message); }

std::string text_of(const char *path) {
  std::ifstream file(path);
  return (std::stringstream() << file.rdbuf()).str();
}

bool is_loaded(const char *library) { return text_of("/proc/self/maps").find(library) != std::string::npos; }

// What the core has counted.
template <class T> T &of_core(const char *symbol) {
  static void *library = dlopen(std::getenv("PASTICHE_CORE"), RTLD_NOW | RTLD_LOCAL);
  return *static_cast<T *>(dlsym(library, symbol));
}
int &paintings() { return of_core<int>("paintings"); }

Ref<GeglBuffer> make(GeglRectangle area, const char *format, const std::vector<float> &rgba) {
  Ref<GeglBuffer> buffer(gegl_buffer_new(&area, babl_format(format)));
  gegl_buffer_set(buffer.get(), &area, 0, babl_format("R'G'B'A float"), rgba.data(), GEGL_AUTO_ROWSTRIDE);
  return buffer;
}

// Every pixel another one, so that no two pictures of different `shade` are alike.
std::vector<float> ramp(int width, int height, float shade, float alpha = 1) {
  std::vector<float> rgba;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      rgba.insert(rgba.end(),
                  {static_cast<float>(x) / static_cast<float>(width), static_cast<float>(y) / static_cast<float>(height), shade, alpha});
  return rgba;
}

struct Graph {
  explicit Graph(GeglBuffer *buffer) {
    GeglNode *source = gegl_node_new_child(root.get(), "operation", "gegl:buffer-source", "buffer", buffer, nullptr);
    stylize = gegl_node_new_child(root.get(), "operation", name, nullptr);
    gegl_node_link(source, stylize);
  }

  std::vector<float> read(GeglRectangle area) const {
    std::vector<float> rgba(size_t{4} * static_cast<size_t>(area.width) * static_cast<size_t>(area.height));
    gegl_node_blit(stylize, 1, &area, babl_format("R'G'B'A float"), rgba.data(), GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
    return rgba;
  }

  Ref<GeglNode> root{gegl_node_new()};
  GeglNode *stylize;
};

void expect_negative(const std::vector<float> &painted, const std::vector<float> &picture, float tolerance) {
  ASSERT_EQ(painted.size(), picture.size());
  for (size_t i = 0; i < painted.size(); i++)
    ASSERT_NEAR(painted[i], i % 4 < 3 ? 1 - picture[i] : picture[i], tolerance) << i;
}

class Operation : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    gegl_init(nullptr, nullptr);
    g_log_set_handler("GEGL", G_LOG_LEVEL_MESSAGE, listen, nullptr);
  }
  void SetUp() override { said.clear(); }
};

const GeglRectangle area{-7, 5, 20, 10};

// The first of the tests: nothing has been painted yet.
TEST_F(Operation, BringsNothingAlongBeforeItPaints) {
  const Graph graph(make(area, "R'G'B' u8", ramp(20, 10, 0)).get());
  const GeglRectangle box = gegl_node_get_bounding_box(graph.stylize);
  EXPECT_TRUE(gegl_rectangle_equal(&box, &area));
  for (const char *library : {"libpastiche-counting-core", "libpastiche-core", "libpastiche-codecs", "libtorch", "libvips"})
    EXPECT_FALSE(is_loaded(library)) << library;
}

TEST_F(Operation, LeavesTheEnvironmentAndTheSignalsOfItsHostAlone) {
  const auto listed = [] {
    std::string all;
    for (char **variable = environ; *variable; variable++)
      all += std::string(*variable) + '\n';
    return all;
  };
  const std::string before = listed();
  ASSERT_NE(std::signal(SIGHUP, SIG_IGN), SIG_ERR);
  const Graph graph(make(area, "R'G'B' u8", ramp(20, 10, 0.1F)).get());
  graph.read(area);
  EXPECT_TRUE(is_loaded("libpastiche-counting-core"));
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN);
  EXPECT_EQ(listed(), before);
}

TEST_F(Operation, HasTheOptionsOfAFirstPicture) {
  Ref<GeglNode> node(gegl_node_new());
  GeglNode *stylize = gegl_node_new_child(node.get(), "operation", name, nullptr);
  double strength = 0, brush_work = 1, style_scale = 0;
  int color = -1, style = -1, seed = -1;
  char *file = nullptr;
  gegl_node_get(stylize, "strength", &strength, "brush-work", &brush_work, "style-scale", &style_scale, "color", &color, "style", &style,
                "style-file", &file, "seed", &seed, nullptr);
  EXPECT_EQ(strength, 0.5);
  EXPECT_EQ(brush_work, 0);
  EXPECT_EQ(style_scale, 1);
  EXPECT_EQ(color, PASTICHE_COLOR_STYLE);
  EXPECT_EQ(style, 0);
  EXPECT_EQ(seed, 0);
  EXPECT_STREQ(file, "");
  g_free(file);
  EXPECT_STREQ(gegl_operation_get_key(name, "gimp:menu-path"), "<Image>/Filters/Artistic");
  EXPECT_FALSE(gegl_node_has_pad(stylize, "aux")); // GIMP would merge the filter into the layer
  EXPECT_TRUE(gegl_node_has_pad(stylize, "input"));
}

TEST_F(Operation, TellsTheEngineWhatWasSet) {
  const Graph graph(make(area, "R'G'B' u8", ramp(20, 10, 0.2F)).get());
  gegl_node_set(graph.stylize, "strength", 0.75, "brush-work", 0.25, "style-scale", 2.0, "color", PASTICHE_COLOR_CONTENT, "seed", 9,
                nullptr);
  graph.read(area);
  const auto &options = of_core<pastiche_options>("last_options");
  EXPECT_EQ(options.strength, 0.75);
  EXPECT_EQ(options.brush_work, 0.25);
  EXPECT_EQ(options.style_scale, 2);
  EXPECT_EQ(options.color, PASTICHE_COLOR_CONTENT);
  EXPECT_EQ(options.seed, 9);
  EXPECT_EQ(options.steps, 0);
}

// With which the program gegl reads its line.
TEST_F(Operation, CanBeWrittenInALine) {
  const std::vector<float> picture = ramp(20, 10, 0.25F);
  Ref<GeglNode> root(gegl_node_new());
  GeglNode *source =
      gegl_node_new_child(root.get(), "operation", "gegl:buffer-source", "buffer", make(area, "R'G'B'A float", picture).get(), nullptr);
  GeglNode *last = gegl_node_new_child(root.get(), "operation", "gegl:nop", nullptr);
  GError *fault = nullptr;
  gegl_create_chain("pastiche:stylize strength=0.75 style=woodcut color=content", source, last, 0, 0, nullptr, &fault);
  ASSERT_EQ(fault, nullptr) << fault->message;
  std::vector<float> painted(picture.size());
  gegl_node_blit(last, 1, &area, babl_format("R'G'B'A float"), painted.data(), GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
  expect_negative(painted, picture, 1e-5F);
  EXPECT_EQ(of_core<pastiche_options>("last_options").strength, 0.75);
  EXPECT_EQ(of_core<pastiche_options>("last_options").color, PASTICHE_COLOR_CONTENT);

  for (const char *line : {"pastiche:stylize style=nothing", "pastiche:stylize strenght=1"}) {
    g_autoptr(GError) wrong = nullptr;
    gegl_create_chain(line, source, last, 0, 0, nullptr, &wrong);
    EXPECT_NE(wrong, nullptr) << line;
  }
}

TEST_F(Operation, PaintsAnyFormatAndKeepsAlpha) {
  for (const char *format : {"R'G'B' u8", "R'G'B'A u8", "R'G'B'A u16", "RGBA float", "RaGaBaA float", "R'G'B'A half", "R~G~B~A double"}) {
    SCOPED_TRACE(format);
    const bool opaque = !babl_format_has_alpha(babl_format(format));
    const std::vector<float> picture = ramp(20, 10, 0.3F, opaque ? 1 : 0.4F);
    expect_negative(Graph(make(area, format, picture).get()).read(area), picture, 0.006F);
  }
  // Gray: the negative of the luminance.
  std::vector<float> gray = ramp(20, 10, 0);
  for (size_t i = 0; i < gray.size(); i += 4)
    gray[i + 1] = gray[i + 2] = gray[i];
  expect_negative(Graph(make(area, "Y' u8", gray).get()).read(area), gray, 0.006F);
}

TEST_F(Operation, PaintsOnceForTheSame) {
  const std::vector<float> picture = ramp(20, 10, 0.4F);
  const auto buffer = make(area, "R'G'B'A float", picture);
  const Graph graph(buffer.get());
  const int before = paintings();
  graph.read(area);
  EXPECT_EQ(paintings(), before + 1);
  graph.read(area);
  const Graph other(make(area, "R'G'B'A float", picture).get());
  other.read(area);
  EXPECT_EQ(paintings(), before + 1);

  gegl_node_set(graph.stylize, "strength", 0.6, nullptr);
  graph.read(area);
  EXPECT_EQ(paintings(), before + 2);
  gegl_node_set(graph.stylize, "style", 3, nullptr);
  graph.read(area);
  EXPECT_EQ(paintings(), before + 3);
  gegl_node_set(graph.stylize, "strength", 0.5, "style", 0, nullptr);
  graph.read(area);
  EXPECT_EQ(paintings(), before + 3);

  const std::vector<float> dot{0, 1, 0, 1};
  const GeglRectangle place{0, 8, 1, 1};
  gegl_buffer_set(buffer.get(), &place, 0, babl_format("R'G'B'A float"), dot.data(), GEGL_AUTO_ROWSTRIDE);
  graph.read(area);
  EXPECT_EQ(paintings(), before + 4);
}

TEST_F(Operation, PlacesAskedForOneByOneAreOnePainting) {
  const GeglRectangle large{0, 0, 300, 200};
  const std::vector<float> picture = ramp(300, 200, 0.5F);
  const Graph graph(make(large, "R'G'B'A float", picture).get());
  const int before = paintings();
  std::vector<float> painted(picture.size());
  constexpr int side = 60;
  for (int y = 0; y < 200; y += side)
    for (int x = 0; x < 300; x += side) {
      const GeglRectangle tile{x, y, side, std::min(side, 200 - y)};
      const std::vector<float> part = graph.read(tile);
      for (int row = 0; row < tile.height; row++)
        std::copy_n(&part[size_t{4} * static_cast<size_t>(row) * side], size_t{4} * side,
                    &painted[size_t{4} * static_cast<size_t>((y + row) * 300 + x)]);
    }
  EXPECT_EQ(paintings(), before + 1);
  expect_negative(painted, picture, 1e-5F);
}

TEST_F(Operation, LargePicturesArePaintedSmallAndEnlarged) {
  const GeglRectangle large{-100, 40, 2048, 512};
  std::vector<float> picture = ramp(2048, 512, 0.6F);
  const Graph graph(make(large, "R'G'B'A u8", picture).get());
  const std::vector<float> painted = graph.read(large);
  EXPECT_EQ(of_core<int32_t>("last_width"), 768);
  EXPECT_EQ(of_core<int32_t>("last_height"), 192);
  // A ramp reduced and enlarged is the ramp, but for its ends.
  for (int y = 8; y < 504; y += 31)
    for (int x = 8; x < 2040; x += 31)
      for (size_t c = 0; c < 3; c++) {
        const size_t at = size_t{4} * static_cast<size_t>(y * 2048 + x) + c;
        ASSERT_NEAR(painted[at], 1 - picture[at], 0.006) << x << ", " << y;
      }
}

TEST_F(Operation, GivesBackItsInputWhereTheStyleIsMissing) {
  const std::vector<float> picture = ramp(20, 10, 0.7F);
  const Graph graph(make(area, "R'G'B'A float", picture).get());
  gegl_node_set(graph.stylize, "style-file", "/nowhere/style.png", nullptr);
  EXPECT_EQ(graph.read(area), picture);
  gegl_node_set(graph.stylize, "strength", 0.7, nullptr);
  EXPECT_EQ(graph.read(area), picture);
  EXPECT_EQ(said, std::vector<std::string>{"Pastiche: “/nowhere/style.png” does not exist."}); // once
  gegl_node_set(graph.stylize, "style-file", "", nullptr);
  expect_negative(graph.read(area), picture, 1e-5F);
}

// GEGL keeps what came out of a node.
TEST_F(Operation, NothingOfAnEarlierPaintingIsLeftThen) {
  const GeglRectangle large{0, 0, 300, 200};
  const std::vector<float> picture = ramp(300, 200, 0.75F);
  const Graph graph(make(large, "R'G'B'A float", picture).get());
  const auto read_cached = [&](const GeglRectangle &part) {
    std::vector<float> rgba(size_t{4} * static_cast<size_t>(part.width) * static_cast<size_t>(part.height));
    gegl_node_blit(graph.stylize, 1, &part, babl_format("R'G'B'A float"), rgba.data(), GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_CACHE);
    return rgba;
  };
  expect_negative(read_cached(large), picture, 1e-5F);
  gegl_node_set(graph.stylize, "style-file", "/nowhere/style.png", nullptr);
  EXPECT_EQ(read_cached(large), picture);
  gegl_node_set(graph.stylize, "style-file", "", nullptr);
  expect_negative(read_cached(large), picture, 1e-5F);
}

TEST_F(Operation, APathThatIsBeingTypedIsNotComplainedAboutLetterByLetter) {
  const Graph graph(make(area, "R'G'B'A float", ramp(20, 10, 0.72F)).get());
  for (const char *path : {"/nowhere/a", "/nowhere/a.", "/nowhere/a.pn", "/nowhere/a.p", "/elsewhere/b.png"}) {
    gegl_node_set(graph.stylize, "style-file", path, nullptr);
    graph.read(area);
  }
  EXPECT_EQ(said, (std::vector<std::string>{"Pastiche: “/nowhere/a” does not exist.", "Pastiche: “/elsewhere/b.png” does not exist."}));
  gegl_node_set(graph.stylize, "style-file", "", nullptr);
  graph.read(area);
}

TEST_F(Operation, GivesBackItsInputWhereTheEngineRefuses) {
  const std::vector<float> picture = ramp(20, 10, 0.8F);
  const Graph graph(make(area, "R'G'B'A float", picture).get());
  gegl_node_set(graph.stylize, "strength", 0.001, nullptr);
  EXPECT_EQ(graph.read(area), picture);
  EXPECT_EQ(said, std::vector<std::string>{"Pastiche: This is too little."});
}

TEST_F(Operation, AStyleThatWasWrittenToIsAnotherStyle) {
  const fs::path folder = fs::path(testing::TempDir()) / "pastiche-operation";
  fs::create_directories(folder);
  const fs::path style = folder / "style.ppm";
  std::ofstream(style) << "P3 2 1 255 255 0 0 0 255 0";
  const Graph graph(make(area, "R'G'B'A float", ramp(20, 10, 0.85F)).get());
  gegl_node_set(graph.stylize, "style-file", style.c_str(), nullptr);
  const int before = paintings();
  graph.read(area);
  std::ofstream(style) << "P3 3 1 255 255 0 0 0 255 0 1 2 3";
  const Graph again(make(area, "R'G'B'A float", ramp(20, 10, 0.85F)).get());
  gegl_node_set(again.stylize, "style-file", style.c_str(), nullptr);
  again.read(area);
  EXPECT_EQ(paintings(), before + 2);
  EXPECT_TRUE(said.empty());
  fs::remove_all(folder);
}

TEST_F(Operation, StrengthZeroIsThePictureItself) {
  const std::vector<float> picture = ramp(20, 10, 0.9F);
  const Graph graph(make(area, "R'G'B'A float", picture).get());
  gegl_node_set(graph.stylize, "strength", 0.0, nullptr);
  const int before = paintings();
  EXPECT_EQ(graph.read(area), picture);
  EXPECT_EQ(paintings(), before);
}

TEST_F(Operation, WhatHasNoEndIsLeftAsItIs) {
  Ref<GeglNode> root(gegl_node_new());
  Ref<GeglColor> red(gegl_color_new("red"));
  GeglNode *color = gegl_node_new_child(root.get(), "operation", "gegl:color", "value", red.get(), nullptr);
  GeglNode *stylize = gegl_node_new_child(root.get(), "operation", name, nullptr);
  gegl_node_link(color, stylize);
  const int before = paintings();
  float pixel[4];
  const GeglRectangle one{1000, 1000, 1, 1};
  gegl_node_blit(stylize, 1, &one, babl_format("R'G'B'A float"), pixel, GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
  EXPECT_NEAR(pixel[0], 1, 1e-5);
  EXPECT_NEAR(pixel[1], 0, 1e-5);
  EXPECT_EQ(paintings(), before);
}

} // namespace
