// SPDX-License-Identifier: GPL-3.0-or-later
#include "download.h"

#include <glib.h>

#include <algorithm>

#include "base/failure.h"
#include "base/sentence.h"
#include "base/tensorindex.h"
#include "cancelled.h"

namespace models {
namespace {

using pastiche::Damage;
using pastiche::Failure;
using pastiche::sentence;

// Without a byte arriving, of a file and of an answer.
constexpr int most_tries = 5, most_tries_to_ask = 3;
constexpr unsigned long first_wait_ms = 500, wait_between_questions_ms = 50;

// Changes when the file does. The sum is better than the ETag, which may be that of one of several machines.
std::string version_of(const RemoteFile::Reply &reply) { return reply.published_sha256.empty() ? reply.etag : reply.published_sha256; }

} // namespace

Download::Download(std::string url, int stall_seconds, const FetchProgress &progress)
    : url_(std::move(url)), progress_(progress), remote_(url_, stall_seconds, [this] { return !progress_(arrived_, wanted_); }) {}

void Download::wait(unsigned long milliseconds) {
  for (unsigned long waited = 0; waited < milliseconds; waited += wait_between_questions_ms) {
    if (!progress_(arrived_, wanted_))
      throw Cancelled();
    g_usleep(wait_between_questions_ms * 1000);
  }
}

// Until `work` comes to its end; gives up when it was interrupted so many times and nothing arrived in between.
template <class Work> void Download::persevere(int tries_allowed, const Work &work) {
  int tries = 0;
  for (uint64_t before = received_;;) {
    try {
      return work();
    } catch (const Interruption &) {
      tries = received_ > before ? 1 : tries + 1;
      before = received_;
      if (tries == tries_allowed)
        throw;
      wait(first_wait_ms << (tries - 1));
    }
  }
}

std::string Download::read_all(uint64_t most_bytes) {
  std::string all;
  persevere(most_tries_to_ask, [&] {
    all.clear();
    remote_.read_whole([&](const RemoteFile::Reply &, std::span<const std::byte> bytes) {
      all.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
      if (all.size() > most_bytes)
        throw Failure(sentence(_("“%s” answers with more than %s."), url_.c_str(), pastiche::shown_size(most_bytes).c_str()));
      return true;
    });
  });
  return all;
}

void Download::read_head(uint64_t bytes) {
  persevere(most_tries, [&] {
    head_.clear();
    const RemoteFile::Reply reply = remote_.read(0, bytes, [&](const RemoteFile::Reply &reply, std::span<const std::byte> piece) {
      head_.append(reinterpret_cast<const char *>(piece.data()), piece.size());
      received_ += piece.size();
      return reply.in_ranges || head_.size() < bytes;
    });
    in_ranges_ = reply.in_ranges;
    version_ = version_of(reply);
    published_sha256_ = reply.published_sha256;
    bytes_ = reply.bytes.value_or(0);
    head_.resize(std::min<uint64_t>(head_.size(), bytes));
  });
}

void Download::fetch(PartialFile &partial, const std::vector<Range> &ranges, uint64_t most_bytes) {
  if (bytes_ > most_bytes)
    throw Damage(_("it is too long"));
  if (in_ranges_)
    fetch_ranges(partial, ranges);
  else
    fetch_whole(partial, most_bytes);
}

void Download::fetch_ranges(PartialFile &partial, const std::vector<Range> &ranges) {
  if (partial.length() < head_.size())
    partial.write(0, head());
  wanted_ = arrived_ = 0;
  for (const Range &range : ranges)
    wanted_ += range.end - range.begin;
  for (const Range &range : ranges) {
    arrived_ += std::clamp(partial.length(), range.begin, range.end) - range.begin;
    persevere(most_tries, [&] {
      while (partial.length() < range.end) {
        const uint64_t before = std::max(partial.length(), range.begin);
        uint64_t at = before;
        remote_.read(at, range.end, [&](const RemoteFile::Reply &reply, std::span<const std::byte> bytes) {
          if (!reply.in_ranges || reply.bytes != bytes_ || version_of(reply) != version_)
            throw Failure(sentence(_("The file “%s” changed while it was fetched; try again."), url_.c_str()));
          partial.write(at, bytes);
          at += bytes.size();
          received_ += bytes.size();
          arrived_ += bytes.size();
          return true;
        });
        if (at == before)
          throw Interruption(
              sentence(_("The connection to %s failed (%s). Try again: what has arrived is kept."), url_.c_str(), _("nothing was sent")));
      }
    });
  }
}

void Download::fetch_whole(PartialFile &partial, uint64_t most_bytes) {
  persevere(most_tries, [&] {
    partial.empty(); // without ranges there is no going on
    arrived_ = 0;
    wanted_ = bytes_;
    const RemoteFile::Reply reply = remote_.read_whole([&](const RemoteFile::Reply &, std::span<const std::byte> bytes) {
      partial.write(arrived_, bytes);
      received_ += bytes.size();
      arrived_ += bytes.size();
      if (arrived_ > most_bytes)
        throw Damage(_("it is too long"));
      return true;
    });
    published_sha256_ = reply.published_sha256;
    bytes_ = arrived_;
  });
}

} // namespace models
