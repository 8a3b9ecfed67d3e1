// SPDX-License-Identifier: GPL-3.0-or-later
// A file on its way from a server, for which a failing connection is tried again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "partialfile.h"
#include "remotefile.h"

namespace models {

// How much of what is wanted has arrived, in bytes; `wanted` is 0 as long as that is not known. Returns false to stop. Called several times
// a second, on the thread that fetches.
using FetchProgress = std::function<bool(uint64_t arrived, uint64_t wanted)>;

// Bytes of a file, from `begin` up to but not including `end`.
struct Range {
  uint64_t begin, end;
};

// All of it throws Failure, Interruption when the server was given up, and Cancelled.
class Download {
public:
  // `stall_seconds` as in RemoteFile, whose rules for addresses hold. `progress` must live as long as this.
  Download(std::string url, int stall_seconds, const FetchProgress &progress);

  // All of a short file, such as an answer that somebody waits for. Fails when it has more bytes than `most_bytes`.
  std::string read_all(uint64_t most_bytes);

  // The first so many bytes, or all where there are fewer; comes before fetch().
  void read_head(uint64_t bytes);

  std::span<const std::byte> head() const { return std::as_bytes(std::span(head_)); }
  bool in_ranges() const { return in_ranges_; }  // whether parts of the file can be had
  uint64_t file_bytes() const { return bytes_; } // of the whole file; 0: not known yet
  const std::string &url() const { return url_; }
  const std::string &published_sha256() const { return published_sha256_; } // as in RemoteFile::Reply

  // Tells the file from others, and from what was at the same address before.
  std::string identity() const { return url_ + "\n" + version_ + "\n" + head_; }

  // These parts of the file, in its order, or all of it where the server sends no parts. What is there already is not fetched again. Throws
  // pastiche::Damage when the file has more bytes than `most_bytes`.
  void fetch(PartialFile &partial, const std::vector<Range> &ranges, uint64_t most_bytes);

private:
  template <class Work> void persevere(int tries_allowed, const Work &work);
  void wait(unsigned long milliseconds);
  void fetch_ranges(PartialFile &partial, const std::vector<Range> &ranges);
  void fetch_whole(PartialFile &partial, uint64_t most_bytes);

  std::string url_;
  const FetchProgress &progress_;
  uint64_t arrived_ = 0, wanted_ = 0; // bytes, as told to whoever watches
  uint64_t received_ = 0;             // bytes that came over the network, in all tries
  RemoteFile remote_;

  std::string head_; // the beginning of the file
  bool in_ranges_ = false;
  std::string version_, published_sha256_;
  uint64_t bytes_ = 0;
};

} // namespace models
