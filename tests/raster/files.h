// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of raster/ share: a folder of their own, ImageMagick as a second opinion, colour arithmetic by hand.
#pragma once

#include <gegl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/failure.h"
#include "raster/picture.h"

namespace fs = std::filesystem;

// Every test gets an empty folder that is gone afterwards.
class Files : public ::testing::Test {
protected:
  static void SetUpTestSuite() { gegl_init(nullptr, nullptr); }

  void SetUp() override {
    std::string pattern = fs::temp_directory_path() / "pastiche raster ü-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string in(const std::string &name) const { return folder / name; }

  // Runs ImageMagick in the folder and returns what it prints.
  std::string magick(const std::string &arguments) const {
    const std::string command = "cd '" + folder.string() + "' && magick " + arguments;
    FILE *pipe = popen(command.c_str(), "r");
    std::string printed;
    for (int letter; pipe && (letter = std::fgetc(pipe)) != EOF;)
      printed += static_cast<char>(letter);
    EXPECT_EQ(pipe ? pclose(pipe) : -1, 0) << command;
    return printed;
  }

  // The raw samples of a picture as ImageMagick decodes them, `channels` as in "rgba", of 8 or 16 bits, without any colour conversion.
  std::vector<int> samples(const std::string &name, const std::string &channels, int bits) const {
    const std::string raw = magick("'" + name + "' -depth " + std::to_string(bits) + " -endian LSB " + channels + ":-");
    std::vector<int> values;
    for (size_t i = 0; i + bits / 8 <= raw.size(); i += static_cast<size_t>(bits / 8))
      values.push_back(bits == 8 ? static_cast<unsigned char>(raw[i])
                                 : static_cast<unsigned char>(raw[i]) | static_cast<unsigned char>(raw[i + 1]) << 8);
    return values;
  }

  std::string bytes(const std::string &name) const {
    std::ifstream file(in(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void put(const std::string &name, const std::string &content) const { std::ofstream(in(name), std::ios::binary) << content; }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto &entry : fs::directory_iterator(folder))
      found.push_back(entry.path().filename());
    return found;
  }

  fs::path folder;
};

class PictureFiles : public Files {
protected:
  // The sentence that loading ends with.
  std::string fault(const std::string &name) const {
    try {
      raster::load(in(name));
    } catch (const pastiche::Failure &error) {
      return error.what();
    }
    return "(loaded)";
  }
};

// IEC 61966-2-1.
inline double to_linear(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }
inline double from_linear(double value) { return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055; }

// Adobe RGB (1998): gamma 563/256, primaries and D65 white of the specification; XYZ matrices as published there and for sRGB.
inline std::array<double, 3> adobe_to_srgb(const std::array<double, 3> &adobe) {
  constexpr double to_xyz[3][3] = {{0.57667, 0.18556, 0.18823}, {0.29734, 0.62736, 0.07529}, {0.02703, 0.07069, 0.99134}};
  constexpr double to_rgb[3][3] = {
      {3.2404542, -1.5371385, -0.4985314}, {-0.9692660, 1.8760108, 0.0415560}, {0.0556434, -0.2040259, 1.0572252}};
  std::array<double, 3> xyz{}, rgb{};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      xyz[i] += to_xyz[i][j] * std::pow(adobe[j], 563.0 / 256.0);
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++)
      rgb[i] += to_rgb[i][j] * xyz[j];
    rgb[i] = from_linear(rgb[i]);
  }
  return rgb;
}
inline const Babl *adobe_space() {
  const Babl *gamma = babl_trc_gamma(563.0 / 256.0);
  return babl_space_from_chromaticities("adobe-like", 0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06, gamma, gamma, gamma,
                                        BABL_SPACE_FLAG_EQUALIZE);
}
