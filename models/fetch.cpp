// SPDX-License-Identifier: GPL-3.0-or-later
#include "fetch.h"

#include <algorithm>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/mappedfile.h"
#include "base/sentence.h"
#include "partialfile.h"
#include "store.h"

namespace models {
namespace {

using pastiche::Damage;
using pastiche::Failure;
using pastiche::MappedFile;
using pastiche::sentence;
using pastiche::TensorIndex;

constexpr uint64_t first_bytes = 16384;           // more than the header of any VGG
constexpr uint64_t gap_worth_a_request = 1 << 20; // bytes that are not wanted; fewer are fetched along

// One model on its way.
class Fetch {
public:
  Fetch(const Model &model, const FetchOptions &options, const FetchProgress &progress)
      : model_(model), options_(options), download_(options.url.empty() ? model.url : options.url, options.stall_seconds, progress) {}

  Fetched run() {
    check_free_name(model_.name);
    read_header();
    PartialFile partial(store_folder(), model_.name, download_.identity() + (options_.whole ? "\nwhole" : "\nparts"));
    try {
      // A server that never stops must not fill the disk. Classifiers are larger than all convolutions, but not by this much.
      const uint64_t largest = std::max(TensorIndex::max_header_bytes, 64 * model_.network.bytes());
      download_.fetch(partial, download_.in_ranges() ? wanted_ranges() : std::vector<Range>{}, largest);
      check_claim();
      const Fetched fetched = install_from(partial);
      partial.discard();
      return fetched;
    } catch (const Damage &damage) {
      partial.discard();
      refuse(damage.what());
    }
  }

private:
  [[noreturn]] void refuse(const std::string &why) const {
    throw Failure(sentence(_("What was fetched from “%s” is not %s as it was published (%s); nothing of it was kept."),
                           download_.url().c_str(), model_.network.title.c_str(), why.c_str()));
  }

  void check_claim() const {
    if (model_.file_sha256 && !download_.published_sha256().empty() && download_.published_sha256() != *model_.file_sha256)
      refuse(_("the server says that it has another file"));
  }

  // What the file is, how long, and whether parts of it can be had.
  void read_header() {
    try {
      download_.read_head(first_bytes);
      check_claim();
      const bool length_known = download_.in_ranges() || download_.file_bytes();
      if (const uint64_t data_start = TensorIndex::data_start(download_.head(), length_known ? download_.file_bytes() : UINT64_MAX);
          data_start > first_bytes)
        download_.read_head(data_start);
    } catch (const Damage &damage) {
      refuse(damage.what());
    }
  }

  // The parts that hold the convolutions, in the order of the file. Throws Damage when the file has none.
  std::vector<Range> wanted_ranges() const {
    if (options_.whole)
      return {{0, download_.file_bytes()}};
    const TensorIndex index(download_.head(), download_.file_bytes());
    std::vector<Range> wanted;
    for (const Vgg::Convolution &convolution : model_.network.convolutions())
      for (const char *part : {".weight", ".bias"}) {
        const auto found = index.entries().find(convolution.source + part);
        if (found == index.entries().end())
          throw Damage(sentence(_("there is no tensor %s"), (convolution.source + part).c_str()));
        wanted.push_back({found->second.begin, found->second.end});
      }
    std::ranges::sort(wanted, {}, &Range::begin);
    std::vector<Range> joined{{0, download_.head().size()}};
    for (const Range &range : wanted)
      if (range.begin <= joined.back().end + gap_worth_a_request)
        joined.back().end = std::max(joined.back().end, range.end);
      else
        joined.push_back(range);
    return joined;
  }

  Fetched install_from(const PartialFile &partial) const {
    const MappedFile file(partial.path());
    Fetched fetched{};
    const bool whole = !download_.in_ranges() || options_.whole;
    if (whole && model_.file_sha256) {
      if (pastiche::sha256(file.bytes()) != *model_.file_sha256)
        throw Damage(_("its SHA-256 is another"));
      fetched.file_compared = true;
    }
    const StateDict weights = state_dict(TensorIndex(file.bytes(), download_.file_bytes()), file.bytes());
    check(weights, model_.network);
    check_beginnings(weights, model_);
    if (model_.tensors_sha256) {
      if (tensors_sha256(weights, model_.network) != *model_.tensors_sha256)
        throw Damage(_("its SHA-256 is another"));
      fetched.tensors_compared = true;
    }
    fetched.path = install(model_.name, weights, model_.network, Input::torchvision, model_.source, model_.licence);
    return fetched;
  }

  const Model &model_;
  const FetchOptions &options_;
  Download download_;
};

} // namespace

Fetched fetch(const Model &model, const FetchOptions &options, const FetchProgress &progress) {
  return Fetch(model, options, progress).run();
}

} // namespace models
