// SPDX-License-Identifier: GPL-3.0-or-later
#include "fetch.h"

#include <glib.h>

#include <algorithm>
#include <memory>

#include "base/checksum.h"
#include "base/failure.h"
#include "base/mappedfile.h"
#include "base/sentence.h"
#include "cancelled.h"
#include "partialfile.h"
#include "remotefile.h"
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
constexpr int most_tries = 5;                     // without a byte arriving
constexpr unsigned long first_wait_ms = 500, wait_between_questions_ms = 50;

struct Range {
  uint64_t begin, end;
};

// Changes when the file does. The sum is better than the ETag, which may be that of one of several machines.
std::string version_of(const RemoteFile::Reply &reply) { return reply.published_sha256.empty() ? reply.etag : reply.published_sha256; }

// One model on its way.
class Fetch {
public:
  Fetch(const Model &model, const FetchOptions &options, const FetchProgress &progress)
      : model_(model), options_(options), progress_(progress), url_(options.url.empty() ? model.url : options.url),
        remote_(url_, options.stall_seconds, [this] { return !progress_(arrived_, wanted_); }) {}

  Fetched run() {
    check_free_name(model_.name);
    read_header();
    PartialFile partial(model_.name, url_ + "\n" + version_ + (options_.whole ? "\nwhole\n" : "\nparts\n") + head_);
    try {
      if (in_ranges_)
        fetch_ranges(partial);
      else
        fetch_whole(partial);
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
    throw Failure(sentence(_("What was fetched from “%s” is not %s as it was published (%s); nothing of it was kept."), url_.c_str(),
                           model_.network.title.c_str(), why.c_str()));
  }

  void wait(unsigned long milliseconds) {
    for (unsigned long waited = 0; waited < milliseconds; waited += wait_between_questions_ms) {
      if (!progress_(arrived_, wanted_))
        throw Cancelled();
      g_usleep(wait_between_questions_ms * 1000);
    }
  }

  // Until `work` comes to its end; gives up when it was interrupted several times and nothing arrived in between.
  template <class Work> void persevere(const Work &work) {
    int tries = 0;
    for (uint64_t before = received_;;) {
      try {
        return work();
      } catch (const Interruption &interruption) {
        tries = received_ > before ? 1 : tries + 1;
        before = received_;
        if (tries == most_tries)
          throw Failure(interruption.sentence);
        wait(first_wait_ms << (tries - 1));
      }
    }
  }

  void check_claim(const RemoteFile::Reply &reply) const {
    if (model_.file_sha256 && !reply.published_sha256.empty() && reply.published_sha256 != *model_.file_sha256)
      refuse(_("the server says that it has another file"));
  }

  // What the file is, how long, and whether parts of it can be had.
  void read_header() {
    uint64_t header_end = first_bytes;
    const auto read_to_end = [&] {
      head_.clear();
      const RemoteFile::Reply reply = remote_.read(0, header_end, [&](const RemoteFile::Reply &reply, std::span<const std::byte> bytes) {
        head_.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        received_ += bytes.size();
        return reply.in_ranges || head_.size() < header_end;
      });
      check_claim(reply);
      in_ranges_ = reply.in_ranges;
      version_ = version_of(reply);
      file_bytes_ = reply.bytes.value_or(0);
      head_.resize(std::min<uint64_t>(head_.size(), header_end));
    };
    try {
      persevere(read_to_end);
      if (const uint64_t data_start = TensorIndex::data_start(head(), in_ranges_ || file_bytes_ ? file_bytes_ : UINT64_MAX);
          data_start > header_end) {
        header_end = data_start;
        persevere(read_to_end);
      }
    } catch (const Damage &damage) {
      refuse(damage.what());
    }
  }

  std::span<const std::byte> head() const { return std::as_bytes(std::span(head_)); }

  // The parts that hold the convolutions, in the order of the file. Throws Damage when the file has none.
  std::vector<Range> wanted_ranges() const {
    if (options_.whole)
      return {{0, file_bytes_}};
    const TensorIndex index(head(), file_bytes_);
    std::vector<Range> wanted;
    for (const Vgg::Convolution &convolution : model_.network.convolutions())
      for (const char *part : {".weight", ".bias"}) {
        const auto found = index.entries().find(convolution.source + part);
        if (found == index.entries().end())
          throw Damage(sentence(_("there is no tensor %s"), (convolution.source + part).c_str()));
        wanted.push_back({found->second.begin, found->second.end});
      }
    std::ranges::sort(wanted, {}, &Range::begin);
    std::vector<Range> joined{{0, head_.size()}};
    for (const Range &range : wanted)
      if (range.begin <= joined.back().end + gap_worth_a_request)
        joined.back().end = std::max(joined.back().end, range.end);
      else
        joined.push_back(range);
    return joined;
  }

  void fetch_ranges(PartialFile &partial) {
    const std::vector<Range> ranges = wanted_ranges();
    if (partial.length() < head_.size())
      partial.write(0, head());
    wanted_ = arrived_ = 0;
    for (const Range &range : ranges)
      wanted_ += range.end - range.begin;
    for (const Range &range : ranges) {
      arrived_ += std::clamp(partial.length(), range.begin, range.end) - range.begin;
      persevere([&] {
        while (partial.length() < range.end) {
          const uint64_t before = std::max(partial.length(), range.begin);
          uint64_t at = before;
          const RemoteFile::Reply reply =
              remote_.read(at, range.end, [&](const RemoteFile::Reply &reply, std::span<const std::byte> bytes) {
                if (!reply.in_ranges || reply.bytes != file_bytes_ || version_of(reply) != version_)
                  throw Failure(sentence(_("The file “%s” changed while it was fetched; try again."), url_.c_str()));
                partial.write(at, bytes);
                at += bytes.size();
                received_ += bytes.size();
                arrived_ += bytes.size();
                return true;
              });
          check_claim(reply);
          if (at == before)
            throw Interruption(
                sentence(_("The connection to %s failed (%s). Try again: what has arrived is kept."), url_.c_str(), _("nothing was sent")));
        }
      });
    }
  }

  void fetch_whole(PartialFile &partial) {
    persevere([&] {
      partial.empty(); // without ranges there is no going on
      arrived_ = 0;
      wanted_ = file_bytes_;
      // A server that never stops must not fill the disk. Classifiers are larger than all convolutions, but not by this much.
      const uint64_t largest = std::max(TensorIndex::max_header_bytes, 64 * model_.network.bytes());
      const RemoteFile::Reply reply = remote_.read_whole([&](const RemoteFile::Reply &, std::span<const std::byte> bytes) {
        partial.write(arrived_, bytes);
        received_ += bytes.size();
        arrived_ += bytes.size();
        if (arrived_ > largest)
          throw Damage(_("it is too long"));
        return true;
      });
      check_claim(reply);
      file_bytes_ = arrived_;
    });
  }

  Fetched install_from(const PartialFile &partial) const {
    const MappedFile file(partial.path());
    Fetched fetched{};
    const bool whole = !in_ranges_ || options_.whole;
    if (whole && model_.file_sha256) {
      if (pastiche::sha256(file.bytes()) != *model_.file_sha256)
        throw Damage(_("its SHA-256 is another"));
      fetched.file_compared = true;
    }
    const StateDict weights = state_dict(TensorIndex(file.bytes(), file_bytes_), file.bytes());
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
  const FetchProgress &progress_;
  std::string url_;
  uint64_t arrived_ = 0, wanted_ = 0; // bytes, as told to whoever watches
  uint64_t received_ = 0;             // bytes that came over the network, in all tries
  RemoteFile remote_;

  std::string head_; // the beginning of the file
  bool in_ranges_ = false;
  std::string version_;
  uint64_t file_bytes_ = 0; // 0: not known
};

} // namespace

Fetched fetch(const Model &model, const FetchOptions &options, const FetchProgress &progress) {
  return Fetch(model, options, progress).run();
}

} // namespace models
