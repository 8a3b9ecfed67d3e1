// SPDX-License-Identifier: GPL-3.0-or-later
// What museums say of their works.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "credit.h"
#include "models/download.h"
#include "museum.h"

namespace museums {

// How servers are asked.
struct Network {
  int stall_seconds = 30;                              // a server that is silent for so long is given up, after some tries
  models::FetchProgress progress;                      // returns false to stop
  std::function<void(const std::string &host)> asking; // told before each request
};

struct Work {
  Credit credit;
  bool public_domain = false;
  std::vector<std::string> pictures; // addresses of its picture, the largest first; may be none
  std::string thumbnail;             // address of a small one; may be empty
};

// Finds at most `limit` works in the public domain that have a picture, and tells each when it is known, in the museum's order. Returns
// what could not be asked or understood of single works, in sentences. Throws Failure when the museum cannot be asked or understood, and
// models::Cancelled.
std::vector<std::string> search(const Museum &museum, const std::string &words, int limit, const Network &network,
                                const std::function<void(const Work &)> &found);

// The small picture of a work, as a file of JPEG or another format; empty when there is none. Throws Failure and models::Cancelled.
std::string read_thumbnail(const Work &work, const Network &network);

// The work of this number, whatever its rights are. Throws Failure and models::Cancelled.
Work find(const Museum &museum, const std::string &number, const Network &network);

// The server of an address.
std::string host_of(const std::string &address);

} // namespace museums
