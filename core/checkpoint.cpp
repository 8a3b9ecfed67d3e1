// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoint.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/mappedfile.h"
#include "error.h"
#include "host/options.h"
#include "safetensors.h"

namespace pastiche {
namespace {

using nlohmann::json;

constexpr const char *format = "pastiche-run-2";

// FNV-1a, 64 bits, over 8 bytes at a time.
class Hash {
public:
  void add(const void *data, size_t bytes) {
    const auto *at = static_cast<const char *>(data);
    for (; bytes > 0;) {
      uint64_t word = 0;
      const size_t count = std::min(bytes, sizeof word);
      std::memcpy(&word, at, count);
      value_ = (value_ ^ word) * 0x100000001b3;
      value_ ^= value_ >> 29; // the multiplication alone carries nothing from the upper bits to the lower ones
      at += count;
      bytes -= count;
    }
  }
  template <class Number> void add(Number number) { add(&number, sizeof number); }
  void add(std::string_view text) {
    add(text.size());
    add(text.data(), text.size());
  }
  void add(const pastiche_image *image) {
    add(image != nullptr);
    if (!image)
      return;
    add(image->width);
    add(image->height);
    add(image->rgba, sizeof(float) * 4 * static_cast<size_t>(image->width) * static_cast<size_t>(image->height));
  }
  std::string text() const {
    std::array<char, 17> digits;
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(value_));
    return digits.data();
  }

private:
  uint64_t value_ = 0xcbf29ce484222325;
};

} // namespace

std::string fingerprint(const pastiche_job &job, const std::filesystem::path &model_file) {
  Hash hash;
  const MappedFile model(model_file);
  hash.add(model.bytes().data(), model.bytes().size());
  hash.add(&job.content);
  hash.add(job.start);
  for (int32_t i = 0; job.overviews && i <= job.style_count; ++i)
    hash.add(&job.overviews[i]);
  for (int32_t i = 0; i < job.style_count; ++i) {
    const pastiche_style &style = job.styles[i];
    hash.add(&style.image);
    hash.add(style.weight);
    hash.add(style.mask != nullptr);
    if (style.mask) {
      hash.add(style.mask->width);
      hash.add(style.mask->height);
      hash.add(style.mask->values, sizeof(float) * static_cast<size_t>(style.mask->width) * static_cast<size_t>(style.mask->height));
    }
  }
  for (const Option &option : option_table())
    if (std::string_view(option.name) != "memory" && std::string_view(option.name) != "model")
      std::visit(Overloaded{
                     [&](const TextOption &kind) {
                       const char *text = job.options.*kind.field;
                       hash.add(std::string_view(text ? text : kind.standard));
                     },
                     [&](const auto &kind) { hash.add(job.options.*kind.field); },
                 },
                 option.kind);
  return hash.text();
}

void Checkpoint::save(const std::filesystem::path &path) const {
  const json where{{"scale", scale},          {"step", step}, {"history", history}, {"most_pixels", most_pixels}, {"useful", useful},
                   {"numbers", state.numbers}};
  try {
    write_safetensors(path, state.tensors,
                      {{"format", format}, {"fingerprint", fingerprint}, {"where", where.dump()}, {"reports", reports.dump()}});
  } catch (const std::system_error &failure) {
    throw Error(PASTICHE_INVALID_ARGUMENT,
                sentence(_("The unfinished painting cannot be written to “%s”: %s."), path.c_str(), failure.code().message().c_str()));
  }
}

Checkpoint Checkpoint::load(const std::filesystem::path &path) {
  try {
    Safetensors file(path);
    const auto &metadata = file.metadata();
    if (metadata.at("format") != format)
      throw std::runtime_error("another format");
    const json where = json::parse(metadata.at("where"));
    Checkpoint checkpoint{metadata.at("fingerprint"),
                          where.at("scale").get<size_t>(),
                          where.at("step").get<int64_t>(),
                          where.at("history").get<int64_t>(),
                          where.at("most_pixels").get<double>(),
                          where.at("useful").get<bool>(),
                          nlohmann::ordered_json::parse(metadata.at("reports")),
                          {}};
    checkpoint.state.numbers = where.at("numbers").get<std::map<std::string, double>>();
    for (const std::string &name : file.names())
      checkpoint.state.tensors[name] = file.read(name);
    return checkpoint;
  } catch (const std::exception &) {
    throw Error(PASTICHE_INVALID_ARGUMENT,
                sentence(_("“%s” holds no unfinished painting that Pastiche can go on with; start anew without it."), path.c_str()));
  }
}

} // namespace pastiche
