// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "folderlock.h"
#include "plan.h"

namespace batch {

// Where the report of a batch or of its shard goes: what --report says, or pastiche-batch.jsonl among the results; of a shard
// NAME.3-of-8.jsonl beside it.
std::string report_of(const Settings &settings);

// Whether a file of this name can be a report of the batch, or of any of its parts.
bool is_report(const std::string &path, const Settings &settings);

// The report of a batch: a JSON object a line for every picture that was tried (JSONL), each written whole at once. After a kill at any
// moment it can be read and gone on with: a line that was cut short is none. Every shard has a file of its own and knows what is in those
// of the others.
class Journal {
public:
  // The folder for the results must be there. Waits while another batch writes to the same file or paints into the same folder. Throws
  // Failure when the file cannot be written, or there is no such folder.
  explicit Journal(const Settings &settings);
  ~Journal();
  Journal(const Journal &) = delete;
  Journal &operator=(const Journal &) = delete;

  const std::string &file() const { return file_; }

  // The fingerprint of what the result of this name was last painted from; empty: it was not. As it was when the journal was opened.
  std::string painted(const std::string &output) const;
  // What "scene_loss" says of a result that painted() knows; 0: nothing.
  double scene_loss(const std::string &output) const;

  // Whether a batch of a version before, in GIMP, painted the result of this name so, as far as that can be told.
  bool was_painted_so(const std::string &output, const Painting &painting) const;

  // Adds a line: what `result` tells of the task, with the time, the pictures and the fingerprint. Throws Failure when it cannot be
  // written.
  void add(const Task &task, const nlohmann::ordered_json &result, const std::string &fingerprint);

  // For a process that goes on beside this one: lets the files go without giving them free.
  void leave();

private:
  void read(const std::string &path);

  struct Entry {
    std::string time, fingerprint;
    double scene_loss = 0;
    nlohmann::ordered_json options; // where the fingerprint does not cover them up
  };
  FolderLock folder;
  std::string file_;
  int descriptor = -1;
  std::unordered_map<std::string, Entry> done;
};

// What a result depends on: all options but the memory limit; of every picture that is read, name, size and time of last change; the
// model's SHA-256, as another may be called as it was; and what else there is, `more`: for a frame of a video the fingerprint of the frame
// that it starts from. Two tasks of the same fingerprint have the same result.
std::string fingerprint_of(const Painting &painting, const std::string &more);

} // namespace batch
