// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest.h"

#include <glib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "console/usageerror.h"

namespace batch {
namespace {

using Json = nlohmann::ordered_json;
using cli::UsageError;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

std::string text_of(const std::string &path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof())
    throw Failure(sentence(_("“%s” cannot be read: %s."), shown(path).c_str(), std::strerror(errno ? errno : EIO)));
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text; // a byte order mark, as spreadsheets write it
}

std::string line_place(size_t line) { return sentence(_("line %zu"), line); }

class Complaint {
public:
  explicit Complaint(const std::string &path) : file(shown(path)) {}

  // Translators: file, place in it ("line 7"), what is wrong there as a sentence.
  [[noreturn]] void operator()(const std::string &place, const std::string &what) const {
    throw UsageError(sentence(_("“%s”, %s: %s"), file.c_str(), place.c_str(), what.c_str()));
  }

private:
  std::string file;
};

std::string unknown_name(const std::string &name) {
  return sentence(_("“%s” is nothing that a picture can have; see “pastiche batch --help”."), shown(name).c_str());
}

// --- CSV --------------------------------------------------------------------------------------------------------------------------

struct Record {
  size_t line; // that it begins on
  std::vector<std::string> cells;
};

// Spreadsheets separate by semicolons where the decimal point is a comma. No column's name has either in it.
char separator_of(const std::string &text) {
  const std::string first = text.substr(0, text.find('\n'));
  return first.find(',') == std::string::npos && first.find(';') != std::string::npos ? ';' : ',';
}

bool is_number_with_comma(const std::string &cell) {
  return cell.size() > 2 && cell.find_first_not_of("0123456789,") == std::string::npos && std::ranges::count(cell, ',') == 1 &&
         cell.front() != ',' && cell.back() != ',';
}

// Lines of empty cells, as spreadsheets leave them, are none.
std::vector<Record> records_in(const std::string &text, const Complaint &complain) {
  const char separator = separator_of(text);
  std::vector<Record> records;
  size_t line = 1;
  for (size_t at = 0; at < text.size();) {
    Record record{line, {}};
    for (bool more = true; more;) {
      std::string cell;
      if (at < text.size() && text[at] == '"') {
        const size_t opened = line;
        for (++at;; ++at) {
          if (at >= text.size())
            complain(line_place(opened), _("A quotation mark is opened here and never closed."));
          if (text[at] == '\n')
            ++line;
          if (text[at] == '"') {
            if (at + 1 >= text.size() || text[at + 1] != '"')
              break;
            ++at; // two of them stand for one
          }
          cell += text[at];
        }
        ++at;
        if (at < text.size() && text[at] != separator && text[at] != '\r' && text[at] != '\n')
          complain(line_place(line), sentence(_("After a closing quotation mark there must be a “%c” or the end of the line."), separator));
      } else {
        while (at < text.size() && text[at] != separator && text[at] != '\n')
          cell += text[at++];
        if (cell.ends_with('\r'))
          cell.pop_back();
        if (separator == ';' && is_number_with_comma(cell))
          cell[cell.find(',')] = '.';
      }
      record.cells.push_back(cell);
      if (at < text.size() && text[at] == '\r')
        ++at;
      more = at < text.size() && text[at] == separator;
      at += at < text.size();
    }
    ++line;
    if (std::ranges::any_of(record.cells, [](const std::string &cell) { return !cell.empty(); }))
      records.push_back(std::move(record));
  }
  return records;
}

std::vector<ManifestRow> csv_rows(const std::string &text, const Complaint &complain) {
  const std::vector<Record> records = records_in(text, complain);
  if (records.empty())
    complain(line_place(1), _("The first line must name the columns, such as: content,style,output"));
  std::vector<std::string> names = records.front().cells;
  while (names.back().empty())
    names.pop_back();
  for (const std::string &name : names)
    if (!name.empty() && !is_of_a_picture(name))
      complain(line_place(records.front().line), unknown_name(name));
  std::vector<ManifestRow> rows;
  for (size_t i = 1; i < records.size(); i++) {
    const Record &record = records[i];
    ManifestRow row{line_place(record.line), {}};
    if (record.cells.size() < names.size())
      complain(row.place, sentence(_("There are fewer values (%zu) than columns (%zu)."), record.cells.size(), names.size()));
    for (size_t column = 0; column < record.cells.size(); column++) {
      const std::string &cell = record.cells[column];
      if (cell.empty())
        continue;
      if (column >= names.size() || names[column].empty())
        complain(row.place, sentence(_("“%s” stands in a column that has no name in the first line."), cell.c_str()));
      row.arguments.push_back({names[column], cell});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// --- JSON -------------------------------------------------------------------------------------------------------------------------

// As it would be typed; nothing where it is neither text nor number.
std::string typed(const Json &value) {
  return value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : std::string();
}

ManifestRow json_row(const Json &entry, const std::string &place, const Complaint &complain) {
  if (!entry.is_object())
    complain(place, _("An object in braces is expected, such as {\"content\": \"photo.jpg\"}."));
  ManifestRow row{place, {}};
  // A weight, a mask and a crop are for the style before them.
  struct Member {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Member> of_styles{{"style", {}}, {"weight", {}}, {"mask", {}}, {"style-crop", {}}};
  for (const auto &[name, value] : entry.items()) {
    if (!is_of_a_picture(name))
      complain(place, unknown_name(name));
    const auto of_style = std::ranges::find(of_styles, name, &Member::name);
    const bool list = value.is_array() && of_style != of_styles.end();
    for (const Json &one : list ? value : Json::array({value})) {
      const std::string text = typed(one);
      const bool left_out = one.is_null() || (one.is_string() && text.empty());
      if (text.empty() && !left_out)
        complain(place, sentence(_("“%s” must be a text or a number."), name.c_str()));
      if (of_style != of_styles.end())
        of_style->values.push_back(text);
      else if (!left_out)
        row.arguments.push_back({name, text});
    }
  }
  const size_t styles = of_styles.front().values.size();
  for (const Member &member : of_styles)
    if (!member.values.empty() && member.values.size() != styles)
      complain(place, sentence(_("“%s” must have as many values as “style”."), member.name.c_str()));
  for (size_t i = 0; i < styles; i++)
    for (const Member &member : of_styles)
      if (!member.values.empty() && !member.values[i].empty())
        row.arguments.push_back({member.name, member.values[i]});
  return row;
}

// The parser's reason without its own name and number in front.
std::string reason_of(const Json::parse_error &error) {
  const std::string text = error.what(); // "[json.exception.parse_error.101] parse error at line 2, column 3: syntax error …"
  const size_t reason = text.find(": ");
  return sentence(_("This is not JSON (%s)."), reason == std::string::npos ? text.c_str() : text.substr(reason + 2).c_str());
}

Json parsed(const std::string &text, size_t first_line, const Complaint &complain) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error &error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte ? error.byte - 1 : 0, text.size()));
    complain(line_place(first_line + static_cast<size_t>(std::count(text.begin(), end, '\n'))), reason_of(error));
  }
}

std::vector<ManifestRow> json_rows(const std::string &text, const Complaint &complain) {
  const Json list = parsed(text, 1, complain);
  if (!list.is_array())
    complain(line_place(1), _("A list in brackets is expected, such as [{\"content\": \"photo.jpg\"}]."));
  std::vector<ManifestRow> rows;
  for (const Json &entry : list)
    rows.push_back(json_row(entry, entry_place(rows.size() + 1), complain));
  return rows;
}

std::vector<ManifestRow> jsonl_rows(const std::string &text, const Complaint &complain) {
  std::vector<ManifestRow> rows;
  size_t line = 1;
  for (size_t at = 0; at < text.size(); line++) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string entry = text.substr(at, end - at);
    at = end + 1;
    if (entry.find_first_not_of(" \t\r") != std::string::npos)
      rows.push_back(json_row(parsed(entry, line, complain), line_place(line), complain));
  }
  return rows;
}

} // namespace

std::string entry_place(size_t number) { return sentence(_("entry %zu"), number); }

std::vector<ManifestRow> read_manifest(const std::string &path) {
  const std::string ending = std::filesystem::path(path).extension();
  const auto read = ending == ".csv" ? csv_rows : ending == ".json" ? json_rows : ending == ".jsonl" ? jsonl_rows : nullptr;
  if (!read)
    throw UsageError(sentence(_("The name of the manifest “%s” must end in .csv, .json or .jsonl."), shown(path).c_str()));
  const std::string text = text_of(path);
  const Complaint complain(path);
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    throw Failure(sentence(_("“%s” is not a text in UTF-8."), shown(path).c_str()));
  return read(text, complain);
}

} // namespace batch
