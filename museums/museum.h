// SPDX-License-Identifier: GPL-3.0-or-later
// The museums whose works can be searched and fetched, from data/museums.json.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace museums {

// How a museum is asked over HTTPS, and what it answers: JSON. In an address, what stands in braces is replaced.
struct Museum {
  std::string key;     // what stands before the colon in the IDs of its works: "artic"
  std::string name;    // "Art Institute of Chicago"
  std::string licence; // of the works that it marks as being in the public domain

  std::string search; // address; {words} that are searched for, {limit}: so many works are wanted
  std::string works;  // JSON pointer (RFC 6901) of the list in the answer, of works or of their numbers; null there is an empty list
  std::string work;   // address of what is known of one work; {id}: its number
  std::string about;  // JSON pointer of that in the answer

  // What is known of a work: names of its fields. The number may be a text; of public_domain only true counts.
  std::string id, public_domain, title, artist, date;
  // Addresses, of the page that shows it and of its picture, the largest first; in braces a field's name. What is nothing but that is an
  // address itself.
  std::string page;
  std::vector<std::string> pictures;
  std::string thumbnail; // address of a small one
};

// In the order of the file: that which the environment variable PASTICHE_MUSEUMS names, or the one that was installed. Throws Failure when
// it cannot be used.
std::vector<Museum> museums();

// Puts the values in the place of the names in braces; nothing when one of them is empty.
std::string filled_in(const std::string &address, const std::function<std::string(const std::string &name)> &value);

} // namespace museums
