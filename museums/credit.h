// SPDX-License-Identifier: GPL-3.0-or-later
// Whose work a picture shows, kept beside it in a file PICTURE.json.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace museums {

// UTF-8 without control characters; empty: not known.
struct Credit {
  std::string id; // "artic:27992"
  std::string title, artist, date;
  std::string museum, licence;
  std::string address; // of the page that shows the work
};

// “Title, Artist, Date (Museum, Licence)”, as far as it is known.
std::string credit_line(const Credit &credit);

// Of the picture file at this path; nothing where there is none, or none that can be read.
std::optional<Credit> credit_of(const std::string &picture);

// As the file has it: texts under the names of the fields above.
nlohmann::ordered_json as_json(const Credit &credit);

// Throws Failure.
void write_credit(const std::string &picture, const Credit &credit);

// The file that it is in.
std::string credit_file(const std::string &picture);

} // namespace museums
