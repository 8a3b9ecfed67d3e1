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
};

struct Found {
  std::vector<Work> works;         // in the public domain, with a picture; in the museum's order
  std::vector<std::string> faults; // what could not be asked or understood, in sentences
};

// At most `limit` works. Throws Failure when the museum cannot be asked or understood, and models::Cancelled.
Found search(const Museum &museum, const std::string &words, int limit, const Network &network);

// The work of this number, whatever its rights are. Throws Failure and models::Cancelled.
Work find(const Museum &museum, const std::string &number, const Network &network);

// The server of an address.
std::string host_of(const std::string &address);

} // namespace museums
