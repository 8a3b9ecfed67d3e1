// SPDX-License-Identifier: GPL-3.0-or-later
// Works that were fetched: picture files MUSEUM-NUMBER.jpg in the user's folder for styles (base/datafolder.h), each with its credit.
#pragma once

#include <string>
#include <vector>

#include "search.h"

namespace museums {

struct Kept {
  Credit credit;
  std::string path; // of the picture
};

// In the order of their IDs.
std::vector<Kept> kept_works();

// Throws Failure when there is none of this ID.
Kept kept_work(const std::string &id);

struct Fetched : Kept {
  int width, height;              // pixels
  std::vector<std::string> notes; // translated sentences on what is not as it should be in the picture
};

// Fetches the largest picture of a work that can be had, at most 64 MiB and 200 megapixels. What arrived before a failure or a stop is gone
// on with the next time. It appears in the folder when it is whole and was read as a picture, for which GEGL must have been initialised.
// Throws Failure, also when the work is not marked as being in the public domain or there already, and models::Cancelled.
Fetched fetch(const std::string &id, const Network &network);

// Throws Failure.
void remove(const Kept &work);

} // namespace museums
