// SPDX-License-Identifier: GPL-3.0-or-later
#include "votes.h"

#include <algorithm>

namespace pastiche {

namespace {

struct Vote {
  float weight = 0, sum[3] = {};
  const uint8_t *best = nullptr; // the pixel of the patch that fits best
};

Vote votes_at(const PatchField &field, const PatchPicture &source, int x, int y, int radius) {
  Vote vote;
  uint32_t least = PatchField::nowhere;
  for (int v = std::max(y - radius, 0); v <= std::min(y + radius, field.height() - 1); ++v)
    for (int u = std::max(x - radius, 0); u <= std::min(x + radius, field.width() - 1); ++u) {
      const uint32_t distance = field.distance(u, v);
      if (distance == PatchField::nowhere)
        continue;
      const Place place = field.place(u, v);
      // In the source's margin there is nothing but copies of its edge.
      const int a = place.x + x - u, b = place.y + y - v;
      if (a < 0 || b < 0 || a >= source.width() || b >= source.height())
        continue;
      const uint8_t *pixel = source.paint(a, b);
      // 400: a difference of one in every byte of the paint.
      const float root = 1 / (400 + static_cast<float>(distance)), weight = root * root;
      vote.weight += weight;
      for (int c = 0; c < 3; ++c)
        vote.sum[c] += weight * pixel[c];
      if (distance < least) {
        least = distance;
        vote.best = pixel;
      }
    }
  return vote;
}

} // namespace

void vote(const PatchField &field, const PatchPicture &source, float sharpness, PatchPicture &target, const ForEachBand &bands) {
  by_rows(field.height(), bands, [&](int y) {
    for (int x = 0; x < field.width(); ++x)
      if (const Vote vote = votes_at(field, source, x, y, PatchPicture::radius); vote.best)
        for (int c = 0; c < 3; ++c) {
          const float mean = vote.sum[c] / vote.weight;
          target.paint(x, y)[c] = static_cast<uint8_t>(std::clamp(mean + sharpness * (vote.best[c] - mean), 0.0f, 255.0f) + 0.5f);
        }
  });
  target.extend_paint();
}

void vote_sharp(const PatchField &field, const PatchPicture &source, float sharpness, float *picture, const ForEachBand &bands) {
  const size_t area = static_cast<size_t>(field.width()) * field.height();
  by_rows(field.height(), bands, [&](int y) {
    for (int x = 0; x < field.width(); ++x)
      if (field.wanted(x, y))
        if (const Vote vote = votes_at(field, source, x, y, 1); vote.best)
          for (int c = 0; c < 3; ++c) {
            const float mean = vote.sum[c] / vote.weight;
            picture[c * area + static_cast<size_t>(y) * field.width() + x] =
                std::clamp((mean + sharpness * (vote.best[c] - mean)) / 255, 0.0f, 1.0f);
          }
  });
}

} // namespace pastiche
