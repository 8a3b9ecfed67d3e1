// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into GIMP and its plug-ins by the tests, and at work in Pastiche alone: watches the wire to GIMP, over which every question and
// every order of libgimp goes.
//   Always: ends the process when anything is sent from another thread than the main one, where libgimp must not be called.
//   PASTICHE_TEST_KILL=plug-in:N or gimp:N: kills that process when message number N, from 1, has been sent.
//   PASTICHE_TEST_COUNT=FILE: writes the number of messages there when the process exits.
// With PASTICHE_TEST_LABELS it also prints the labels that are marked up, for the screen cannot be read.
#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

class Wire {
public:
  Wire() : write_(reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"))) {
    // GIMP starts a plug-in as: NAME -gimp PROTOCOL READ-FD WRITE-FD …
    std::ifstream file("/proc/self/cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> words;
    for (size_t at = 0; at < line.size(); at = line.find('\0', at) + 1)
      words.emplace_back(line.c_str() + at);
    if (words.size() > 4 && words[0].ends_with("/pastiche/pastiche") && words[1] == "-gimp")
      fd_ = std::stoi(words[4]);
    if (const char *wish = std::getenv("PASTICHE_TEST_KILL")) {
      const std::string text = wish;
      const size_t colon = text.find(':');
      kills_gimp_ = text.substr(0, colon) == "gimp";
      kill_at_ = std::stol(text.substr(colon + 1));
    }
  }
  ~Wire() {
    const char *path = std::getenv("PASTICHE_TEST_COUNT");
    if (fd_ >= 0 && path)
      std::ofstream(path) << count_;
  }

  bool is_at_work() const { return fd_ >= 0; }

  ssize_t send(int fd, const void *bytes, size_t size) {
    const ssize_t sent = write_(fd, bytes, size);
    if (fd != fd_)
      return sent;
    if (syscall(SYS_gettid) != getpid()) {
      std::fputs("pastiche: libgimp was called on another thread than the main one\n", stderr);
      std::abort();
    }
    if (++count_ == kill_at_) {
      std::fputs("pastiche: killing as the test wishes\n", stderr);
      kill(kills_gimp_ ? getppid() : getpid(), SIGKILL);
    }
    return sent;
  }

private:
  using Write = ssize_t (*)(int, const void *, size_t);
  Write write_;
  int fd_ = -1; // of the wire; none in other processes
  bool kills_gimp_ = false;
  long kill_at_ = 0, count_ = 0;
};

Wire &wire() {
  static Wire the_wire;
  return the_wire;
}

} // namespace

extern "C" __attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t size) {
  return wire().send(fd, bytes, size);
}

extern "C" __attribute__((visibility("default"))) void gtk_label_set_markup(void *label, const char *markup) {
  if (wire().is_at_work() && std::getenv("PASTICHE_TEST_LABELS"))
    std::fprintf(stderr, "label: %s\n", markup);
  reinterpret_cast<void (*)(void *, const char *)>(dlsym(RTLD_NEXT, "gtk_label_set_markup"))(label, markup);
}
