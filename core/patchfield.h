// SPDX-License-Identifier: GPL-3.0-or-later
// The nearest-neighbour field of PatchMatch (Barnes, Shechtman, Finkelstein, Goldman 2009): for every pixel of a target the pixel of a
// source around which things look most alike. Plain C++, without LibTorch: a distance costs some 20 ns, and nothing per call.
//
// CImg's matchpatch(), which one could have taken instead, knows by its documentation one guide only, no weights by place, no uniform use
// of the source and no pixels that must not be taken.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace pastiche {

// Calls f(0) … f(count - 1), each once, in any order and on any threads, and returns when all have returned.
using ForEachBand = std::function<void(int count, const std::function<void(int band)> &f)>;

// Calls row(0) … row(height - 1), some rows to a band.
void by_rows(int height, const ForEachBand &bands, const std::function<void(int y)> &row);

// What patches are compared by: two layers of four bytes a pixel, with a margin that repeats the edge.
class PatchPicture {
public:
  static constexpr int radius = 2; // of a patch, which is 5×5 pixels

  PatchPicture() = default;
  PatchPicture(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int stride() const { return stride_; } // bytes from row to row

  // Four bytes: R, G, B, 0 of the paint, and of the guides whatever both pictures have alike.
  uint8_t *paint(int x, int y) { return paint_.data() + offset(x, y); }
  uint8_t *guide(int x, int y) { return guide_.data() + offset(x, y); }
  const uint8_t *paint(int x, int y) const { return paint_.data() + offset(x, y); }
  const uint8_t *guide(int x, int y) const { return guide_.data() + offset(x, y); }

  void extend_paint() { extend(paint_); } // fills the margin, after the layer has been written
  void extend_guide() { extend(guide_); }

private:
  size_t offset(int x, int y) const { return static_cast<size_t>(y + radius) * stride_ + static_cast<size_t>(x + radius) * 4; }
  void extend(std::vector<uint8_t> &layer);

  int width_ = 0, height_ = 0;
  size_t stride_ = 0;
  std::vector<uint8_t> paint_, guide_;
};

// A place in the source, 0…65535 in both directions.
struct Place {
  uint16_t x, y;
  bool operator==(const Place &) const = default;
};
constexpr Place nowhere{UINT16_MAX, UINT16_MAX}; // of all places only this one is in no picture that is searched

// What of the pictures takes part, and how much things count. The vectors may be empty: everything, and 16.
struct PatchRules {
  std::vector<uint8_t> usable;      // of the source, by pixel: not 0 where a patch may have its centre
  std::vector<uint8_t> wanted;      // of the target, by pixel: not 0 where a place is looked for
  std::vector<uint8_t> weight;      // of the target, by pixel: how much the guides' first three bytes count beside the paint, in sixteenths
  std::vector<uint8_t> weight_last; // and their last one
  int uniformity = 0; // what a place that is used as often as all are on average costs, in sums of differences of a patch's bytes
};

// The same for any number of threads and any order of bands: rows are searched in blocks of fixed height, every other block at a time,
// and random numbers are made from seed, place and round.
class PatchField {
public:
  static constexpr uint32_t nowhere = UINT32_MAX; // the distance where nothing is looked for, or there is nothing to be had

  // Starts with the given places, one for each pixel of the target; with random ones where none are given or they may not be used. The
  // pictures must outlive the field.
  PatchField(const PatchPicture &target, const PatchPicture &source, PatchRules rules, uint64_t seed, const ForEachBand &bands,
             const std::vector<Place> &start = {});

  // One round: what the neighbours have found, and places at random, uniformly as far as `reach` pixels away and ever nearer. How often
  // each place was used at the beginning of a round counts in all of it (Kaspar et al. 2015, Jamriška et al. 2015).
  void search(int reach, const ForEachBand &bands);

  bool usable(Place place) const {
    return rules_.usable.empty() || rules_.usable[static_cast<size_t>(place.y) * source_.width() + place.x];
  }
  bool wanted(int x, int y) const { return rules_.wanted.empty() || rules_.wanted[index(x, y)]; }
  int width() const { return target_.width(); }
  int height() const { return target_.height(); }
  Place place(int x, int y) const { return places_[index(x, y)]; }
  const std::vector<Place> &places() const { return places_; }
  // Sixteen times the sum of absolute differences of the paint's bytes, and weight times that of the guides', plus what uniformity costs;
  // as last looked at.
  uint32_t distance(int x, int y) const { return distances_[index(x, y)]; }

private:
  size_t index(int x, int y) const { return static_cast<size_t>(y) * target_.width() + x; }
  bool inside(Place place) const { return place.x < source_.width() && place.y < source_.height(); }
  uint32_t measure(int x, int y, Place place, uint32_t limit) const;
  void count_uses();
  void search_row(int y, int reach, bool forward);
  void by_blocks(const ForEachBand &bands, const std::function<void(int y)> &row, bool forward) const;

  const PatchPicture &target_, &source_;
  PatchRules rules_;
  uint64_t seed_;
  int round_ = 0;
  size_t wanted_count_, usable_count_;
  std::vector<Place> places_;
  std::vector<uint32_t> distances_;
  int cells_across_;
  std::vector<uint32_t> cost_; // of using a cell of the source
};

} // namespace pastiche
