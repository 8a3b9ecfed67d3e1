// SPDX-License-Identifier: GPL-3.0-or-later
#include "brushwork.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>

#include "votes.h"

namespace pastiche {

namespace {

constexpr int coarsest_side = 40;                   // no level's shorter side is less, where there is a choice
constexpr int fine_rounds = 3;                      // of search and vote at the two finest levels, which cost the most
constexpr int coarse_rounds = 6;                    // at the others
constexpr double guide_blur = 0.8;                  // σ, in pixels of the guide: finer than that, the guide is not believed
constexpr float coarse_weight = 4, fine_weight = 3; // of the guides beside the paint, at the coarsest level and at the finest
constexpr float contrast_weight = 1.5;              // how many times more where the photograph has full contrast
constexpr float full_contrast = 0.1f;               // standard deviation of luminance detail
constexpr int uniformity = 150;                     // a patch differs by some 1000
constexpr float detail_weight = 6;
constexpr float detail_gain = 1.5;                         // of luminance detail beside the guide's colours
constexpr int finest_reach = 16;                           // pixels; by then the coarser levels have found what is far away
constexpr float search_sharpness = 1.2f, sharpness = 0.4f; // of the votes between the searches, and of the last one
constexpr float least_gain = 0.7f, most_gain = 1.8f;       // of local contrast
constexpr float most_shift = 0.04f;                        // of a value, for the sake of the palette

// What the network has painted over and is painted all the same.
constexpr double missed_sigma = 5;                          // pixels of the guide: what is coarser is the network's to leave out
constexpr float kept_detail = 0.65f;                        // how much of the photograph's detail the guide has at least
constexpr float plain_detail = 0.01f, clear_detail = 0.04f; // standard deviation of detail that may go, and of what is kept

// What is finer than `blur` has lost contrast by the votes; it is measured in places of size `area`. Both are σ, in pixels.
struct Band {
  double blur, area;
};
constexpr Band contrast_bands[] = {{3, 6}, {1.4, 4}};

struct Plane {
  int width = 0, height = 0;
  std::vector<float> values;

  Plane() = default;
  Plane(int w, int h) : width(w), height(h), values(static_cast<size_t>(w) * h) {}
  float *row(int y) { return values.data() + static_cast<size_t>(y) * width; }
  const float *row(int y) const { return values.data() + static_cast<size_t>(y) * width; }
};

// Weights of the old pixels for every new one: Lanczos' window of a sinc (Duchon 1979). Three lobes keep what the new pixels can hold, a
// softer filter would take the edge off the paint before any of it is copied; one lobe is never negative.
struct Taps {
  std::vector<int> first;
  std::vector<float> weights; // `count` for each new pixel
  int count;

  Taps(int from, int to, int lobes) : first(to) {
    const double ratio = static_cast<double>(from) / to, scale = std::max(ratio, 1.0), reach = lobes * scale;
    const auto sinc = [](double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); };
    count = static_cast<int>(std::ceil(2 * reach)) + 1;
    weights.resize(static_cast<size_t>(to) * count);
    for (int i = 0; i < to; ++i) {
      const double center = (i + 0.5) * ratio - 0.5;
      first[i] = static_cast<int>(std::ceil(center - reach));
      float *of_pixel = weights.data() + static_cast<size_t>(i) * count;
      double sum = 0;
      for (int k = 0; k < count; ++k) {
        const double x = (first[i] + k - center) / scale;
        of_pixel[k] = static_cast<float>(std::abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0);
        sum += of_pixel[k];
      }
      for (int k = 0; k < count; ++k)
        of_pixel[k] /= static_cast<float>(sum);
    }
  }
};

Plane resized(const float *values, int from_width, int from_height, int width, int height, const ForEachBand &bands, int lobes = 3) {
  Plane result(width, height);
  if (from_width == width && from_height == height) {
    std::copy_n(values, result.values.size(), result.values.begin());
    return result;
  }
  const Taps across(from_width, width, lobes), down(from_height, height, lobes);
  by_rows(height, bands, [&](int y) {
    std::vector<float> sums(from_width);
    for (int k = 0; k < down.count; ++k) {
      const float weight = down.weights[static_cast<size_t>(y) * down.count + k];
      const float *row = values + static_cast<size_t>(std::clamp(down.first[y] + k, 0, from_height - 1)) * from_width;
      if (weight != 0)
        for (int x = 0; x < from_width; ++x)
          sums[x] += weight * row[x];
    }
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      for (int k = 0; k < across.count; ++k)
        sum += across.weights[static_cast<size_t>(x) * across.count + k] * sums[std::clamp(across.first[x] + k, 0, from_width - 1)];
      result.row(y)[x] = sum;
    }
  });
  return result;
}

// A Gaussian, as far as three means of neighbours are one: their widths are odd, and their variances add up to about σ².
void blur(Plane &plane, double sigma, const ForEachBand &bands) {
  const int radius = static_cast<int>(std::lround((std::sqrt(4 * sigma * sigma + 1) - 1) / 2));
  if (radius == 0)
    return;
  const int w = plane.width, h = plane.height;
  const float scale = 1 / static_cast<float>(2 * radius + 1);
  const auto mean = [&](const float *from, float *to, int count, size_t step) {
    const auto at = [&](int i) { return from[step * std::clamp(i, 0, count - 1)]; };
    double sum = 0;
    for (int i = -radius; i <= radius; ++i)
      sum += at(i);
    for (int i = 0; i < count; ++i) {
      to[step * i] = static_cast<float>(sum) * scale;
      sum += at(i + radius + 1) - at(i - radius);
    }
  };
  by_rows(h, bands, [&](int y) {
    std::vector<float> other(w);
    mean(plane.row(y), other.data(), w, 1);
    mean(other.data(), plane.row(y), w, 1);
    mean(plane.row(y), other.data(), w, 1);
    std::copy(other.begin(), other.end(), plane.row(y));
  });
  // Columns sixteen at a time, as many as share a line of the cache.
  constexpr int columns = 16;
  bands((w + columns - 1) / columns, [&](int band) {
    const int begin = band * columns, count = std::min(columns, w - begin);
    std::vector<float> a(static_cast<size_t>(h) * columns), b(a.size());
    for (int y = 0; y < h; ++y)
      std::copy_n(plane.row(y) + begin, count, a.data() + static_cast<size_t>(y) * columns);
    for (int pass = 0; pass < 3; ++pass, std::swap(a, b))
      for (int x = 0; x < count; ++x)
        mean(a.data() + x, b.data() + x, h, columns);
    for (int y = 0; y < h; ++y)
      std::copy_n(a.data() + static_cast<size_t>(y) * columns, count, plane.row(y) + begin);
  });
}

// What is masked gets the mean colour of what is not near it, from coarse to fine, so that it says nothing of its own.
void fill(Plane &plane, const Plane &mask, const ForEachBand &bands) {
  if (mask.values.empty())
    return;
  for (double sigma = 1;; sigma *= 4) {
    Plane sum = plane, weight = mask;
    for (size_t i = 0; i < sum.values.size(); ++i)
      sum.values[i] *= weight.values[i] = mask.values[i] > 0;
    blur(sum, sigma, bands);
    blur(weight, sigma, bands);
    const bool last = sigma > std::max(plane.width, plane.height);
    for (size_t i = 0; i < sum.values.size(); ++i)
      if (mask.values[i] <= 0)
        plane.values[i] = 0.5f;
    bool whole = true;
    for (size_t i = 0; i < sum.values.size(); ++i)
      if (mask.values[i] <= 0) {
        if (weight.values[i] > 1e-3f)
          plane.values[i] = sum.values[i] / weight.values[i];
        else
          whole = false;
      }
    if (whole || last)
      return;
  }
}

struct Level {
  int width, height;             // of the target
  int style_width, style_height; // of the source
  double guide_sigma;            // pixels
};

int scaled(int side, double factor) { return std::max(1, static_cast<int>(std::lround(side * factor))); }

std::vector<Level> plan(const BrushWork &work) {
  std::vector<Level> levels;
  for (double factor = 1;; factor /= 2) {
    const double style = std::min(1.0, work.style_scale * factor);
    const Level level{scaled(work.photograph.width, factor), scaled(work.photograph.height, factor), scaled(work.style.width, style),
                      scaled(work.style.height, style), std::max(1.0, guide_blur * factor * work.photograph.width / work.painting.width)};
    if (!levels.empty() && std::min({level.width, level.height, level.style_width, level.style_height}) < coarsest_side)
      return levels;
    levels.insert(levels.begin(), level);
  }
}

float luminance(const float *pixel, size_t plane) { return 0.299f * pixel[0] + 0.587f * pixel[plane] + 0.114f * pixel[2 * plane]; }

uint8_t byte(float value) { return static_cast<uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255 + 0.5f); }

Plane level_mask(const BrushPicture &picture, int width, int height, const ForEachBand &bands) {
  return picture.mask ? resized(picture.mask, picture.width, picture.height, width, height, bands, 1) : Plane();
}

// The luminance's detail: what is left of it without what the guide shows too.
Plane detail_of(const BrushPicture &picture, const Plane &mask, int width, int height, double sigma, const ForEachBand &bands) {
  const size_t area = static_cast<size_t>(picture.width) * picture.height;
  Plane whole(picture.width, picture.height);
  by_rows(picture.height, bands, [&](int y) {
    for (int x = 0; x < picture.width; ++x)
      whole.row(y)[x] = luminance(picture.color + static_cast<size_t>(y) * picture.width + x, area);
  });
  Plane detail = resized(whole.values.data(), picture.width, picture.height, width, height, bands);
  fill(detail, mask, bands);
  Plane smooth = detail;
  blur(smooth, sigma, bands);
  for (size_t i = 0; i < detail.values.size(); ++i)
    detail.values[i] -= smooth.values[i];
  return detail;
}

double deviation(const Plane &plane) {
  double squares = 0;
  for (const float value : plane.values)
    squares += static_cast<double>(value) * value;
  return std::sqrt(squares / static_cast<double>(plane.values.size()));
}

// What brings the photograph's contrasts to the style's, within reason.
float contrast_match(const Plane &style_detail, const Plane &detail) {
  return static_cast<float>(std::clamp(deviation(style_detail) / std::max(deviation(detail), 1e-4), 0.5, 2.0));
}

void set_channel(PatchPicture &picture, int channel, const Plane &plane, const ForEachBand &bands) {
  by_rows(plane.height, bands, [&](int y) {
    for (int x = 0; x < plane.width; ++x)
      picture.paint(x, y)[channel] = byte(plane.row(y)[x]);
  });
}

void set_paint(PatchPicture &target, const BrushPicture &picture, const ForEachBand &bands) {
  for (int c = 0; c < 3; ++c)
    set_channel(target, c,
                resized(picture.color + static_cast<size_t>(c) * picture.width * picture.height, picture.width, picture.height,
                        target.width(), target.height(), bands),
                bands);
  target.extend_paint();
}

Plane paint_of(const PatchPicture &picture, int c) {
  Plane plane(picture.width(), picture.height());
  for (int y = 0; y < plane.height; ++y)
    for (int x = 0; x < plane.width; ++x)
      plane.row(y)[x] = picture.paint(x, y)[c] / 255.0f;
  return plane;
}

// What a level of the source or of the target is compared by.
PatchPicture compared(const BrushPicture &colors, const Plane &colors_mask, int width, int height, double sigma, const Plane &detail,
                      float gain, const ForEachBand &bands) {
  PatchPicture result(width, height);
  for (int c = 0; c < 3; ++c) {
    Plane plane =
        resized(colors.color + static_cast<size_t>(c) * colors.width * colors.height, colors.width, colors.height, width, height, bands);
    set_channel(result, c, plane, bands);
    fill(plane, colors_mask, bands);
    blur(plane, sigma, bands);
    by_rows(height, bands, [&](int y) {
      for (int x = 0; x < width; ++x)
        result.guide(x, y)[c] = byte(plane.row(y)[x]);
    });
  }
  by_rows(height, bands, [&](int y) {
    for (int x = 0; x < width; ++x)
      result.guide(x, y)[3] = byte(0.5f + gain * detail.row(y)[x]);
  });
  result.extend_paint();
  result.extend_guide();
  return result;
}

// The mean square of what is finer than the band's blur, around every pixel of three planes, each made when it is needed.
Plane contrast_of(int width, int height, const std::function<Plane(int channel)> &channel, const Band &band, const ForEachBand &bands) {
  Plane squares(width, height);
  for (int c = 0; c < 3; ++c) {
    const Plane whole = channel(c);
    Plane smooth = whole;
    blur(smooth, band.blur, bands);
    for (size_t i = 0; i < squares.values.size(); ++i) {
      const float fine = whole.values[i] - smooth.values[i];
      squares.values[i] += fine * fine;
    }
  }
  blur(squares, band.area, bands);
  return squares;
}

// The values below which 0/256, 1/256 … 256/256 of them lie, as told by a part of them: every so many at the golden section, which meets
// no row or column more often than others.
std::vector<float> quantiles(const std::vector<float> &values) {
  const size_t count = std::min<size_t>(values.size(), 1 << 18);
  std::vector<float> some(count);
  for (size_t i = 0; i < count; ++i) {
    const double turns = static_cast<double>(i) * (std::numbers::phi - 1);
    some[i] = values[count == values.size() ? i : static_cast<size_t>((turns - std::floor(turns)) * static_cast<double>(values.size()))];
  }
  std::sort(some.begin(), some.end());
  std::vector<float> result;
  for (size_t i = 0; i <= 256; ++i)
    result.push_back(some[(count - 1) * i / 256]);
  return result;
}

// What a value is among others that are distributed in another way.
float matched(float value, const std::vector<float> &from, const std::vector<float> &to) {
  const auto equal = std::equal_range(from.begin(), from.end(), value);
  if (equal.first != equal.second) // of several equal ones the middle
    return to[static_cast<size_t>(equal.first - from.begin() + (equal.second - equal.first) / 2)];
  const std::ptrdiff_t i = std::clamp<std::ptrdiff_t>(equal.first - from.begin(), 1, 256);
  const float part = std::clamp((value - from[i - 1]) / (from[i] - from[i - 1]), 0.0f, 1.0f);
  return to[i - 1] + part * (to[i] - to[i - 1]);
}

// Gives each channel of the picture, 3 planes, the style's distribution around the guiding painting's mean: the network decides how light
// it is. Nothing becomes lighter or darker than the style.
void restore_palette(const PatchField &field, const PatchPicture &source, float *picture, const float *painting, const ForEachBand &bands) {
  const int width = field.width(), height = field.height();
  for (int c = 0; c < 3; ++c, picture += static_cast<size_t>(width) * height, painting += static_cast<size_t>(width) * height) {
    std::vector<float> there, wanted;
    double guide = 0, style = 0;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        if (const size_t i = static_cast<size_t>(y) * width + x; field.wanted(x, y)) {
          there.push_back(picture[i]);
          guide += painting[i];
        }
    for (int y = 0; y < source.height(); ++y)
      for (int x = 0; x < source.width(); ++x)
        if (field.usable({static_cast<uint16_t>(x), static_cast<uint16_t>(y)})) {
          wanted.push_back(source.paint(x, y)[c] / 255.0f);
          style += wanted.back();
        }
    const auto shift = static_cast<float>(guide / static_cast<double>(there.size()) - style / static_cast<double>(wanted.size()));
    const std::vector<float> from = quantiles(there);
    std::vector<float> to = quantiles(wanted);
    for (const float least = to.front(), most = to.back(); float &value : to)
      value = std::clamp(value + shift, least, most);
    by_rows(height, bands, [&](int y) {
      for (int x = 0; x < width; ++x)
        if (field.wanted(x, y)) {
          float &value = picture[static_cast<size_t>(y) * width + x];
          value += std::clamp(matched(value, from, to) - value, -most_shift, most_shift);
        }
    });
  }
}

// Among smooth pictures the search finds smooth ones: gives the painted picture, 3 planes, local contrasts distributed as the style's.
void restore_contrast(const PatchField &field, const Plane &mask, const PatchPicture &source, const Plane &source_mask, float *picture,
                      const Band &band, const ForEachBand &bands) {
  const int width = field.width(), height = field.height();
  const size_t area = static_cast<size_t>(width) * height;
  const auto painted = [&](int c) {
    Plane plane(width, height);
    std::copy_n(picture + c * area, area, plane.values.begin());
    fill(plane, mask, bands);
    return plane;
  };
  const auto style = [&](int c) {
    Plane plane = paint_of(source, c);
    fill(plane, source_mask, bands);
    return plane;
  };
  std::vector<float> there, wanted;
  {
    const Plane of_style = contrast_of(source.width(), source.height(), style, band, bands);
    for (int y = 0; y < source.height(); ++y)
      for (int x = 0; x < source.width(); ++x)
        if (field.usable({static_cast<uint16_t>(x), static_cast<uint16_t>(y)}))
          wanted.push_back(of_style.row(y)[x]);
  }
  const std::vector<float> to = quantiles(wanted);
  Plane gain = contrast_of(width, height, painted, band, bands);
  there.reserve(area);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if (field.wanted(x, y))
        there.push_back(gain.row(y)[x]);
  const std::vector<float> from = quantiles(there);
  by_rows(height, bands, [&](int y) {
    for (int x = 0; x < width; ++x) {
      const float here = gain.row(y)[x];
      const float aim = matched(here, from, to);
      gain.row(y)[x] = std::clamp(std::sqrt(std::max(aim, 0.0f) / std::max(here, 1e-6f)), least_gain, most_gain);
    }
  });
  for (int c = 0; c < 3; ++c) {
    Plane smooth = painted(c);
    blur(smooth, band.blur, bands);
    by_rows(height, bands, [&](int y) {
      for (int x = 0; x < width; ++x)
        if (field.wanted(x, y)) {
          float &value = picture[c * area + static_cast<size_t>(y) * width + x];
          value = std::clamp(smooth.row(y)[x] + gain.row(y)[x] * (value - smooth.row(y)[x]), 0.0f, 1.0f);
        }
    });
  }
}

// Where the whole patch may be taken. Pictures with no room for one are taken up to their edges. Where pixels were made of others, those
// must not have been masked either.
std::vector<uint8_t> usable_centers(const Plane &mask, int width, int height, bool reduced) {
  constexpr int r = PatchPicture::radius;
  const int around = r + (reduced ? 2 : 0);
  std::vector<uint8_t> usable(static_cast<size_t>(width) * height, 1);
  const int border_x = width > 2 * r ? r : 0, border_y = height > 2 * r ? r : 0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      uint8_t &here = usable[static_cast<size_t>(y) * width + x];
      if (x < border_x || y < border_y || x >= width - border_x || y >= height - border_y)
        here = 0;
      else if (!mask.values.empty())
        for (int v = std::max(y - around, 0); here && v <= std::min(y + around, height - 1); ++v)
          for (int u = std::max(x - around, 0); u <= std::min(x + around, width - 1); ++u)
            if (mask.row(v)[u] < 0.999f)
              here = 0;
    }
  return usable;
}

// Where each pixel of a level finds its paint, as the level before found it.
std::vector<Place> carried(const std::vector<Place> &places, const Level &before, const Level &level, const ForEachBand &bands) {
  std::vector<Place> to(static_cast<size_t>(level.width) * level.height);
  const double across = static_cast<double>(before.width) / level.width, down = static_cast<double>(before.height) / level.height;
  const double style_across = static_cast<double>(level.style_width) / before.style_width,
               style_down = static_cast<double>(level.style_height) / before.style_height;
  by_rows(level.height, bands, [&](int y) {
    const int v = std::min(static_cast<int>((y + 0.5) * down), before.height - 1);
    for (int x = 0; x < level.width; ++x) {
      const int u = std::min(static_cast<int>((x + 0.5) * across), before.width - 1);
      const Place place = places[static_cast<size_t>(v) * before.width + u];
      // Neighbours within one coarse pixel are neighbours in the style too.
      const double a = (place.x + 0.5) * style_across + (x + 0.5) - (u + 0.5) / across,
                   b = (place.y + 0.5) * style_down + (y + 0.5) - (v + 0.5) / down;
      to[static_cast<size_t>(y) * level.width + x] = {static_cast<uint16_t>(std::clamp(static_cast<int>(a), 0, level.style_width - 1)),
                                                      static_cast<uint16_t>(std::clamp(static_cast<int>(b), 0, level.style_height - 1))};
    }
  });
  return to;
}

// What is searched at a level, and what for.
struct Search {
  Plane style_mask, target_mask;
  PatchPicture source, target;
  PatchRules rules;
};

// `along` is 0 at the coarsest level, 1 at the finest. Nothing where the level is so small that the mask leaves no patch.
std::optional<Search> search_at(const BrushWork &work, const Level &level, float along, const ForEachBand &bands) {
  Search search;
  search.style_mask = level_mask(work.style, level.style_width, level.style_height, bands);
  search.target_mask = level_mask(work.photograph, level.width, level.height, bands);
  PatchRules &rules = search.rules;
  rules.usable = usable_centers(search.style_mask, level.style_width, level.style_height, level.style_width < work.style.width);
  if (std::ranges::none_of(rules.usable, [](uint8_t usable) { return usable; }))
    return {};

  const double detail_sigma = 2 * level.guide_sigma;
  const Plane style_detail = detail_of(work.style, search.style_mask, level.style_width, level.style_height, detail_sigma, bands);
  search.source =
      compared(work.style, search.style_mask, level.style_width, level.style_height, level.guide_sigma, style_detail, detail_gain, bands);
  Plane detail = detail_of(work.photograph, search.target_mask, level.width, level.height, detail_sigma, bands);
  search.target = compared(work.painting, search.target_mask, level.width, level.height, level.guide_sigma, detail,
                           detail_gain * contrast_match(style_detail, detail), bands);
  if (work.before.color)
    set_paint(search.target, work.before, bands);

  for (float &value : detail.values)
    value *= value;
  blur(detail, 2 * detail_sigma, bands);
  const float weight = coarse_weight + (fine_weight - coarse_weight) * along;
  for (const float value : detail.values) {
    const float contrast = std::min(1.0f, std::sqrt(std::max(0.0f, value)) / full_contrast);
    rules.weight.push_back(static_cast<uint8_t>(std::min(255.0f, 16 * weight * (1 + contrast_weight * contrast))));
    rules.weight_last.push_back(static_cast<uint8_t>(std::min(255.0f, 16 * detail_weight * contrast)));
  }
  for (const float value : search.target_mask.values)
    rules.wanted.push_back(value > 0);
  rules.uniformity = uniformity;
  return search;
}

// The painting, 3 planes, with what it has lost of the photograph's small dark and light things, such as eyes and cables: the regression of
// its detail on the photograph's, whose contrasts are brought to the style's, tells how much of them it shows.
std::vector<float> with_detail(const BrushWork &work, const ForEachBand &bands) {
  const int width = work.painting.width, height = work.painting.height;
  const double style_scale = std::min(1.0, work.style_scale * width / work.photograph.width);
  const auto detail = [&](const BrushPicture &picture, const Plane &mask, int across, int down) {
    return detail_of(picture, mask, across, down, missed_sigma, bands);
  };
  const int style_width = scaled(work.style.width, style_scale), style_height = scaled(work.style.height, style_scale);
  const Plane mask = level_mask(work.photograph, width, height, bands);
  Plane wanted = detail(work.photograph, mask, width, height), common = detail(work.painting, mask, width, height);
  const float match =
      contrast_match(detail(work.style, level_mask(work.style, style_width, style_height, bands), style_width, style_height), wanted);
  Plane power(width, height);
  for (size_t i = 0; i < wanted.values.size(); ++i) {
    wanted.values[i] *= match;
    common.values[i] *= wanted.values[i];
    power.values[i] = wanted.values[i] * wanted.values[i];
  }
  blur(common, missed_sigma, bands);
  blur(power, missed_sigma, bands);
  std::vector<float> planes(work.painting.color, work.painting.color + 3 * wanted.values.size());
  for (size_t i = 0; i < wanted.values.size(); ++i) {
    const float here = std::max(power.values[i], 1e-6f);
    const float clear = std::clamp((std::sqrt(here) - plain_detail) / (clear_detail - plain_detail), 0.0f, 1.0f);
    const float missing = clear * std::clamp(kept_detail - common.values[i] / here, 0.0f, kept_detail);
    for (int c = 0; c < 3; ++c)
      planes[c * wanted.values.size() + i] += missing * wanted.values[i];
  }
  return planes;
}

// Three planes at another size, one behind the other.
std::vector<float> planes_at(int width, int height, const std::function<Plane(int channel)> &channel, const ForEachBand &bands) {
  std::vector<float> planes;
  planes.reserve(3 * static_cast<size_t>(width) * height);
  for (int c = 0; c < 3; ++c) {
    const Plane from = channel(c);
    const Plane to = resized(from.values.data(), from.width, from.height, width, height, bands);
    std::ranges::transform(to.values, std::back_inserter(planes), [](float value) { return std::clamp(value, 0.0f, 1.0f); });
  }
  return planes;
}

Plane channel_of(const BrushPicture &picture, int c) {
  Plane plane(picture.width, picture.height);
  std::copy_n(picture.color + c * plane.values.size(), plane.values.size(), plane.values.begin());
  return plane;
}

// The paint of a coarser level at the size of the guide, with what only that size can hold of the guide.
std::vector<float> enlarged(const PatchPicture &target, const std::vector<float> &guide, int width, int height, const ForEachBand &bands) {
  std::vector<float> picture = guide;
  const size_t area = static_cast<size_t>(width) * height;
  for (int c = 0; c < 3; ++c) {
    Plane change = paint_of(target, c);
    const Plane before = resized(guide.data() + c * area, width, height, change.width, change.height, bands);
    for (size_t i = 0; i < change.values.size(); ++i)
      change.values[i] -= before.values[i];
    const Plane large = resized(change.values.data(), change.width, change.height, width, height, bands);
    for (size_t i = 0; i < area; ++i)
      picture[c * area + i] = std::clamp(picture[c * area + i] + large.values[i], 0.0f, 1.0f);
  }
  return picture;
}

// The paint of the finest level; `guide` is the painting at its size.
std::vector<float> finish(const PatchField &field, const Search &search, const std::vector<float> &guide, const ForEachBand &bands) {
  std::vector<float> painted = guide;
  vote_sharp(field, search.source, sharpness, painted.data(), bands);
  for (const Band &band : contrast_bands)
    restore_contrast(field, search.target_mask, search.source, search.style_mask, painted.data(), band, bands);
  restore_palette(field, search.source, painted.data(), guide.data(), bands);
  return painted;
}

// Paint stays where it was while nothing moves: the picture before is kept where the guide, which was painted on from it, is still like it,
// in the mean and in what differs around a place. How much is still alike was measured in a film of a still photograph, and of one that
// moves. Returns how much of every pixel is not kept.
std::vector<float> keep_before(const BrushWork &work, const std::vector<float> &guide, std::vector<float> &picture,
                               const ForEachBand &bands) {
  const int width = work.photograph.width, height = work.photograph.height;
  const float *mask = work.photograph.mask;
  constexpr double sigma = 6; // pixels
  constexpr float same_mean = 4 / 255.0f, other_mean = 12 / 255.0f, same_around = 14 / 255.0f, other_around = 30 / 255.0f;
  const size_t area = static_cast<size_t>(width) * height;
  const auto old = [&](int c) {
    const BrushPicture &before = work.before;
    return resized(before.color + static_cast<size_t>(c) * before.width * before.height, before.width, before.height, width, height, bands);
  };
  Plane mean(width, height), around(width, height); // the largest of the three channels
  for (int c = 0; c < 3; ++c) {
    Plane change = old(c);
    for (size_t i = 0; i < area; ++i) {
      change.values[i] = guide[c * area + i] - change.values[i];
      around.values[i] = std::max(around.values[i], std::abs(change.values[i]));
    }
    blur(change, sigma, bands);
    for (size_t i = 0; i < area; ++i)
      mean.values[i] = std::max(mean.values[i], std::abs(change.values[i]));
  }
  blur(around, sigma, bands);
  const auto ramp = [](float value, float from, float to) { return std::clamp((value - from) / (to - from), 0.0f, 1.0f); };
  std::vector<float> &fresh = mean.values;
  for (size_t i = 0; i < area; ++i)
    fresh[i] =
        mask && mask[i] <= 0 ? 1 : std::max(ramp(mean.values[i], same_mean, other_mean), ramp(around.values[i], same_around, other_around));
  for (int c = 0; c < 3; ++c) {
    const Plane kept = old(c);
    for (size_t i = 0; i < area; ++i)
      picture[c * area + i] = std::lerp(kept.values[i], picture[c * area + i], fresh[i]);
  }
  return std::move(fresh);
}

} // namespace

BrushResult brush_work(const BrushWork &work, const ForEachBand &bands, const BrushProgress &progress) {
  const int width = work.photograph.width, height = work.photograph.height;
  const size_t area = static_cast<size_t>(width) * height;
  BrushResult result{planes_at(width, height, [&](int c) { return channel_of(work.painting, c); }, bands), true, {}, 0, 0, {}};
  const float *mask = work.photograph.mask;
  if (work.amount <= 0 || (mask && std::none_of(mask, mask + area, [](float m) { return m > 0; })))
    return result;

  const std::vector<Level> levels = plan(work);
  // The coarsest level begins with random places.
  const auto rounds_of = [&](size_t number) { return number == 0 || number + 2 < levels.size() ? coarse_rounds : fine_rounds; };
  std::vector<double> costs;
  for (size_t i = 0; i < levels.size(); ++i)
    costs.push_back(static_cast<double>(levels[i].width) * levels[i].height * rounds_of(i));
  const double all = std::accumulate(costs.begin(), costs.end(), 0.0);
  double done = 0;
  const auto put = [&](std::vector<float> painted) { // on the guide
    for (size_t i = 0; i < painted.size(); ++i)
      painted[i] = result.picture[i] + (!mask || mask[i % area] > 0 ? work.amount * (painted[i] - result.picture[i]) : 0);
    return painted;
  };

  std::vector<float> detailed = with_detail(work, bands);
  BrushWork guided = work;
  guided.painting.color = detailed.data();
  std::vector<Place> places;
  const Level *before = nullptr; // that they were found at
  for (size_t number = 0; number < levels.size(); ++number) {
    const Level &level = levels[number];
    const bool finest = number + 1 == levels.size();
    const float along = levels.size() > 1 ? static_cast<float>(number) / static_cast<float>(levels.size() - 1) : 1;
    std::optional<Search> search = search_at(guided, level, along, bands);
    if (finest)
      std::vector<float>().swap(detailed);
    if (!search) { // a finer level may have some patches
      done += costs[number];
      continue;
    }
    PatchField field(search->target, search->source, std::move(search->rules), work.seed + number, bands,
                     before ? carried(places, *before, level, bands) : std::vector<Place>());
    if (before && !work.before.color)
      vote(field, search->source, search_sharpness, search->target, bands);
    const int rounds = rounds_of(number);
    for (int round = 0; round < rounds && result.finished; ++round) {
      field.search(!before ? 65535 : finest ? finest_reach : 4 * finest_reach, bands);
      if (!work.before.color && (!finest || round + 1 < rounds))
        vote(field, search->source, search_sharpness, search->target, bands);
      done += costs[number] / rounds;
      const auto frame = [&] { return put(enlarged(search->target, result.picture, width, height, bands)); };
      result.finished = !progress || progress(std::min(done / all, 1.0), finest && round + 1 == rounds ? BrushFrame() : frame);
    }
    places = field.places();
    before = &level;
    if (finest || !result.finished) {
      std::vector<float> painted =
          put(finest ? finish(field, *search, result.picture, bands) : enlarged(search->target, result.picture, width, height, bands));
      if (finest && work.before.color)
        result.fresh = keep_before(work, result.picture, painted, bands);
      result.picture = std::move(painted);
      if (finest && result.finished) {
        for (int y = 0; y < height; ++y)
          for (int x = 0; x < width; ++x)
            if (field.distance(x, y) == PatchField::nowhere)
              places[static_cast<size_t>(y) * width + x] = nowhere;
        result.places = std::move(places);
        result.style_width = level.style_width;
        result.style_height = level.style_height;
      }
      return result;
    }
  }
  return result;
}

// Without a mask it is some 13 bytes a pixel less.
double brush_work_bytes(double result_pixels, double style_pixels) { return 73 * result_pixels + 40 * style_pixels; }

} // namespace pastiche
