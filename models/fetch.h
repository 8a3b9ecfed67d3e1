// SPDX-License-Identifier: GPL-3.0-or-later
// Gets a model of the catalogue from where it was published.
#pragma once

#include <string>

#include "catalogue.h"
#include "download.h"

namespace models {

struct FetchOptions {
  std::string url;        // of a copy elsewhere; empty: where the catalogue says
  bool whole = false;     // the whole published file, so that its SHA-256 can be compared with the one that was published
  int stall_seconds = 30; // a server that is silent for so long is given up
};

struct Fetched {
  std::string path;
  bool file_compared;    // with the published SHA-256 of the whole file
  bool tensors_compared; // with the catalogue's SHA-256 of what is kept
};

// Fetches only the byte ranges of the convolutions, about an eighth of the file, where the server sends ranges; else all of it. What
// arrived before a failure or a stop is kept beside the installed models and gone on with the next time, unless the file on the server has
// changed. What arrived is checked (encoderfile.h: check, check_beginnings; SHA-256 where one is known) before it is installed under the
// model's name; if it is found wrong, nothing of it is kept. Throws Failure, Cancelled.
Fetched fetch(const Model &model, const FetchOptions &options, const FetchProgress &progress);

} // namespace models
