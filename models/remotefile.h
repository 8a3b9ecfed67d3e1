// SPDX-License-Identifier: GPL-3.0-or-later
// A file on a server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/failure.h"

namespace models {

// The connection failed in a way that another try may mend.
struct Interruption : pastiche::Failure {
  using Failure::Failure;
};

// The server does not have what was asked for.
struct NotThere : pastiche::Failure {
  using Failure::Failure;
};

// Over HTTPS only, except from this machine itself; a server must have a certificate of those that the system trusts, or that the file
// named by CURL_CA_BUNDLE or SSL_CERT_FILE in the environment has. Proxies are those of the environment (https_proxy, no_proxy …).
// Redirections are followed a few times, under the same rule.
class RemoteFile {
public:
  // A server that sends less than a kilobyte in a second for `stall_seconds` is given up. `cancelled` is asked several times a second; when
  // it says yes, what is under way ends with Cancelled. Throws Failure when the URL is not allowed.
  RemoteFile(std::string url, int stall_seconds, std::function<bool()> cancelled);
  ~RemoteFile();
  RemoteFile(const RemoteFile &) = delete;
  RemoteFile &operator=(const RemoteFile &) = delete;

  struct Reply {
    bool in_ranges = false;        // the server sends the part that was asked for; else the whole file, from its beginning
    std::optional<uint64_t> bytes; // of the whole file, if the server tells
    std::string etag;              // changes when the file does; empty when the server gives none
    std::string published_sha256;  // that a server with large files (Git LFS) claims for the whole file; hexadecimal, or empty
  };

  // Takes the bytes in order, as they come; returns false to hear no more.
  using Sink = std::function<bool(const Reply &reply, std::span<const std::byte> bytes)>;

  // Asks for the bytes from `begin` up to but not including `end`. Throws Interruption when fewer came than were announced or the server is
  // busy, NotThere and Failure for what another try does not mend, Cancelled, and what the sink throws.
  Reply read(uint64_t begin, uint64_t end, const Sink &sink);

  // Asks for all of it.
  Reply read_whole(const Sink &sink);

private:
  struct Transfer;
  Reply transfer(const std::string &range, uint64_t begin, uint64_t end, const Sink &sink);

  std::string url_;
  int stall_seconds_;
  std::function<bool()> cancelled_;
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

} // namespace models
