// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "settings.h"

namespace batch {

// Pictures that were named together.
struct Collection {
  struct Member {
    std::string path;
    std::string below; // the folders between the one that was named and the picture: "", "2024/May"
    bool named;        // by a word of its own, not found in a folder or by a pattern
  };
  std::string name; // as it was given
  std::vector<Member> members;
};

struct Inputs {
  std::vector<Collection> collections;
  std::vector<std::string> faults;   // translated sentences: folders that cannot be read
  std::vector<std::string> foreign;  // paths of pictures in folders, of kinds that are not read
  std::vector<std::string> left_out; // paths of pictures and folders that are hidden, or that a disk station or a system keeps for itself
};

// The order of names, numbers in them by their value: frame9.png before frame10.png.
bool comes_before(const std::string &a, const std::string &b);

// What the words among the inputs stand for: a file for itself, a folder for the pictures in it, told by their names' endings or by the
// pattern, when `recursive` also for those in all folders below, but for the folder for the results and what is left out; any other word
// with * ? [ for what it matches, but for that folder, parts of it that are there as they are written for themselves. That folder is left
// out too where a file beside it is named: so it is when the shell has replaced the pattern. Files that are named one by one make one
// collection, every folder one of its own, and when `recursive` every folder below it too. In the order of the words, and in a folder in
// that of the names. A file that does not exist is taken all the same: painting it will tell. Throws UsageError when there is no picture in
// a folder or nothing matches, Failure when there is nothing but folders that cannot be read.
Inputs find_inputs(const Settings &settings);

} // namespace batch
