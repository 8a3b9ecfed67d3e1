// SPDX-License-Identifier: GPL-3.0-or-later
#include "png.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>

namespace raster {
namespace {

constexpr std::streamoff signature_bytes = 8;
constexpr uint32_t longest_read = 4096; // of a chunk's data; none that matters here is longer

uint32_t number(const char *bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// PNG, third edition, 11.3.2.1 and 11.3.2.2: in 100000ths. What is not told is as in sRGB.
const Babl *space_of(const std::string &gamma, const std::string &primaries) {
  constexpr std::array usual{0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};
  std::array<double, 8> xy = usual;
  for (size_t i = 0; primaries.size() == 32 && i < xy.size(); i++) {
    xy[i] = number(&primaries[4 * i]) / 100000.0;
    if (!(xy[i] > 0 && xy[i] < 1))
      return nullptr;
  }
  const double exponent = gamma.size() == 4 ? 100000.0 / number(gamma.data()) : 2.2;
  if (!(exponent >= 1 && exponent <= 4))
    return nullptr;
  // The usual numbers stand for sRGB, whose curve is only nearly a power.
  const bool has_usual_curve = exponent > 2.19 && exponent < 2.21;
  if (has_usual_curve && std::ranges::equal(xy, usual, [](double a, double b) { return std::abs(a - b) < 0.001; }))
    return nullptr;
  const Babl *curve = has_usual_curve ? babl_trc("sRGB") : babl_trc_gamma(exponent);
  return babl_space_from_chromaticities(nullptr, xy[0], xy[1], xy[2], xy[3], xy[4], xy[5], xy[6], xy[7], curve, curve, curve,
                                        BABL_SPACE_FLAG_EQUALIZE);
}

// 11.3.3.2 and 11.3.3.4: a keyword and a zero; then text in Latin-1, or how it is compressed and in which language, and text in UTF-8.
void take_credit(const std::string &chunk, bool is_international, Credits &credits) {
  const size_t end = chunk.find('\0');
  if (end == std::string::npos)
    return;
  const std::string keyword = chunk.substr(0, end);
  std::string text = chunk.substr(end + 1);
  if (is_international) {
    const size_t language = text.find('\0', 2), translation = text.find('\0', language + 1);
    if (text.empty() || text.front() != '\0' || language == std::string::npos || translation == std::string::npos)
      return; // compressed, or damaged
    text.erase(0, translation + 1);
  }
  g_autofree char *converted = g_convert(text.data(), static_cast<gssize>(text.size()), "UTF-8", is_international ? "UTF-8" : "ISO-8859-1",
                                         nullptr, nullptr, nullptr);
  if (converted && keyword == "Author")
    credits.author = converted;
  if (converted && keyword == "Copyright")
    credits.copyright = converted;
}

} // namespace

PngHead png_head(const std::string &path) {
  PngHead found;
  std::string gamma, primaries;
  bool is_srgb = false;
  std::ifstream file(path, std::ios::binary);
  file.seekg(signature_bytes);
  char head[8]; // length of the data, name
  while (file.read(head, sizeof head)) {
    const std::streamoff data = file.tellg();
    const uint32_t length = number(head);
    const std::string name(head + 4, 4);
    std::string bytes(std::min(length, longest_read), '\0');
    if (name != "IDAT" && !file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
      break;
    if (name == "cICP" && bytes.size() == 4)
      found.colors =
          CodedColors{static_cast<unsigned char>(bytes[0]), static_cast<unsigned char>(bytes[1]), bytes[2] == 0 && bytes[3] == 1};
    else if (name == "gAMA")
      gamma = bytes;
    else if (name == "cHRM")
      primaries = bytes;
    else if (name == "sRGB")
      is_srgb = true;
    else if (name == "acTL" && bytes.size() == 8)
      found.is_animated = number(bytes.data()) > 1;
    else if (name == "tEXt" || name == "iTXt")
      take_credit(bytes, name == "iTXt", found.credits);
    file.seekg(data + std::streamoff{length} + 4); // its checksum
  }
  if (!is_srgb)
    found.space = space_of(gamma, primaries);
  return found;
}

} // namespace raster
