// SPDX-License-Identifier: GPL-3.0-or-later
#include "remotefile.h"

#include <curl/curl.h>
#include <glib.h>

#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>

#include "base/i18n.h"
#include "cancelled.h"

namespace models {
namespace {

using pastiche::Failure;
using pastiche::sentence;

constexpr int most_redirections = 5;
constexpr long connect_seconds = 30, slowest_bytes_per_second = 1024;

struct CurlText {
  char *text = nullptr;
  ~CurlText() { curl_free(text); }
  operator std::string() const { return text ? text : ""; }
};

std::string part_of(CURLU *url, CURLUPart part) {
  CurlText text;
  curl_url_get(url, part, &text.text, 0);
  return text;
}

struct Address {
  std::string scheme, host;

  explicit Address(const std::string &url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), curl_url_cleanup);
    if (curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK) {
      scheme = part_of(parts.get(), CURLUPART_SCHEME);
      host = part_of(parts.get(), CURLUPART_HOST);
    }
  }

  // What goes over a network must not be read or changed on the way.
  bool allowed() const {
    return scheme == "https" || (scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]"));
  }
};

// As the command curl has it; the library does not look there by itself. A house whose proxy looks into HTTPS has certificates of its own.
// A libcurl that was built for another distribution looks for the system's where that one has them.
const char *certificates_file() {
  for (const char *name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"})
    if (const char *file = std::getenv(name); file && *file)
      return file;
  const char *built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
  if (built_in && !std::filesystem::exists(built_in))
    for (const char *file : {"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) // Fedora, openSUSE, Alpine
      if (std::filesystem::exists(file))
        return file;
  return nullptr; // the system's
}

template <class Number> std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// "bytes 100-199/5000"
struct ContentRange {
  uint64_t first, last, total;

  static std::optional<ContentRange> parse(std::string_view text) {
    const size_t dash = text.find('-'), slash = text.find('/');
    if (!text.starts_with("bytes ") || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
      return {};
    const auto first = number_in<uint64_t>(text.substr(6, dash - 6)), last = number_in<uint64_t>(text.substr(dash + 1, slash - dash - 1)),
               total = number_in<uint64_t>(text.substr(slash + 1));
    if (!first || !last || !total || *first > *last || *last >= *total)
      return {};
    return ContentRange{*first, *last, *total};
  }
};

std::string_view without_quotes(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

} // namespace

struct RemoteFile::Handle {
  // Not thread-safe in old libraries, so once and before any thread has one.
  static CURL *make() {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    return initialised == CURLE_OK ? curl_easy_init() : nullptr;
  }
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{make(), curl_easy_cleanup};
};

// What libcurl calls back. No exception crosses it: one is kept here and thrown on the other side.
struct RemoteFile::Transfer {
  CURL *curl;
  const Sink &sink;
  const std::function<bool()> &cancelled;
  std::string host;
  uint64_t begin, end; // asked for; 0 and 0: all of it
  Reply reply{};
  std::optional<ContentRange> range{};
  uint64_t taken = 0;
  bool heard_enough = false;
  bool answered = false;
  std::exception_ptr fault{};

  template <class Work> bool keeps(const Work &work) {
    try {
      return work();
    } catch (...) {
      fault = std::current_exception();
      return false;
    }
  }

  void take_header(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
      line.remove_suffix(1);
    if (line.starts_with("HTTP/")) { // of a proxy, of “100 Continue”, then of the answer
      const std::string claimed = reply.published_sha256;
      reply = {};
      reply.published_sha256 = claimed;
      range = {};
      return;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos)
      return;
    const std::string name(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' '))
      value.remove_prefix(1);
    const auto is = [&](const char *other) { return g_ascii_strcasecmp(name.c_str(), other) == 0; };
    if (is("Content-Range"))
      range = ContentRange::parse(value);
    else if (is("Content-Length"))
      reply.bytes = number_in<uint64_t>(value);
    else if (is("ETag") && !value.starts_with("W/"))
      reply.etag = value;
    else if (is("X-Linked-ETag") && without_quotes(value).size() == 64)
      reply.published_sha256 = without_quotes(value);
  }

  Failure lies() const {
    return Failure(sentence(_("%s does not keep to the rules of HTTP, so nothing can be fetched from it."), host.c_str()));
  }

  // Before the first byte of the body is believed.
  void check_answer(long status) {
    if (status == 206) {
      if (!range || range->first != begin || range->last >= end)
        throw lies();
      reply.in_ranges = true;
      reply.bytes = range->total;
    }
  }

  bool take(std::span<const std::byte> bytes) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) // a page for people
      return true;
    if (!answered)
      check_answer(status);
    answered = true;
    if (reply.in_ranges && bytes.size() > end - begin - taken)
      throw lies();
    taken += bytes.size();
    heard_enough = !sink(reply, bytes);
    return !heard_enough;
  }

  static size_t on_header(char *data, size_t size, size_t count, void *self) {
    static_cast<Transfer *>(self)->take_header({data, size * count});
    return size * count;
  }
  static size_t on_body(char *data, size_t size, size_t count, void *self) {
    auto *transfer = static_cast<Transfer *>(self);
    const std::span bytes(reinterpret_cast<const std::byte *>(data), size * count);
    return transfer->keeps([&] { return transfer->take(bytes); }) ? bytes.size() : CURL_WRITEFUNC_ERROR;
  }
  static int on_progress(void *self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto *transfer = static_cast<Transfer *>(self);
    return transfer->keeps([&] { return !transfer->cancelled(); }) ? 0 : 1;
  }
};

RemoteFile::RemoteFile(std::string url, int stall_seconds, std::function<bool()> cancelled)
    : url_(std::move(url)), stall_seconds_(stall_seconds), cancelled_(std::move(cancelled)), handle_(std::make_unique<Handle>()) {
  if (!Address(url_).allowed())
    throw Failure(sentence(_("“%s” is not an address that can be fetched from; it must begin with https://."), url_.c_str()));
  if (!handle_->curl)
    throw std::bad_alloc();
}

RemoteFile::~RemoteFile() = default;

RemoteFile::Reply RemoteFile::read(uint64_t begin, uint64_t end, const Sink &sink) {
  return transfer(std::to_string(begin) + "-" + std::to_string(end - 1), begin, end, sink);
}

RemoteFile::Reply RemoteFile::read_whole(const Sink &sink) { return transfer({}, 0, 0, sink); }

RemoteFile::Reply RemoteFile::transfer(const std::string &range, uint64_t begin, uint64_t end, const Sink &sink) {
  CURL *curl = handle_->curl.get();
  const char *certificates = certificates_file();
  std::string url = url_, published_sha256;
  for (int redirections = 0;; ++redirections) {
    const Address address(url);
    curl_easy_reset(curl);
    Transfer transfer{.curl = curl, .sink = sink, .cancelled = cancelled_, .host = address.host, .begin = begin, .end = end};
    transfer.reply.published_sha256 = published_sha256;
    char why[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pastiche/" PASTICHE_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, slowest_bytes_per_second);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall_seconds_));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, Transfer::on_header);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Transfer::on_body);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, Transfer::on_progress);
    if (certificates)
      curl_easy_setopt(curl, CURLOPT_CAINFO, certificates);
    if (!range.empty())
      curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
    const CURLcode code = curl_easy_perform(curl);
    if (transfer.fault)
      std::rethrow_exception(transfer.fault);
    if (code == CURLE_ABORTED_BY_CALLBACK)
      throw Cancelled();
    if (transfer.heard_enough)
      return transfer.reply;
    switch (code) {
    case CURLE_OK:
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      throw Failure(sentence(_("%s cannot be trusted or understood (%s), so nothing was fetched from it."), address.host.c_str(),
                             *why ? why : curl_easy_strerror(code)));
    default:
      throw Interruption(sentence(_("The connection to %s failed (%s). Try again: what has arrived is kept."), address.host.c_str(),
                                  *why ? why : curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    char *next = nullptr;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next);
    if (next) {
      if (redirections == most_redirections)
        throw Failure(sentence(_("%s sends from one address to the next without end."), address.host.c_str()));
      if (!Address(next).allowed())
        throw Failure(sentence(_("%s wants the file to be fetched from “%s”, which is not safe; it must begin with https://."),
                               address.host.c_str(), next));
      published_sha256 = transfer.reply.published_sha256;
      url = next;
      continue;
    }
    if (status == 408 || status == 429 || status >= 500)
      throw Interruption(sentence(_("%s is busy or out of order (HTTP status %ld). Try again later."), address.host.c_str(), status));
    if (status != 200 && status != 206)
      throw NotThere(sentence(_("%s does not have the file “%s” (HTTP status %ld)."), address.host.c_str(), url.c_str(), status));
    if (!transfer.answered) // there was no body
      transfer.check_answer(status);
    if (transfer.reply.in_ranges && transfer.taken != transfer.range->last - transfer.range->first + 1)
      throw transfer.lies();
    return transfer.reply;
  }
}

} // namespace models
