// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/door.h"

#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

// A library can be opened once per process, so every case is tried in a child; returns what it says.
std::string opened_with(const char *library) {
  int channel[2];
  EXPECT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  if (child == 0) {
    setenv("PASTICHE_CORE", library, 1);
    std::string fault;
    const pastiche::Core *core = pastiche::open_core(fault);
    const std::string said = core ? std::string("opened ") + core->version() : fault;
    _exit(write(channel[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(channel[1]);
  std::string said;
  char text[4096];
  for (ssize_t got; (got = read(channel[0], text, sizeof text)) > 0;)
    said.append(text, static_cast<size_t>(got));
  close(channel[0]);
  waitpid(child, nullptr, 0);
  return said;
}

} // namespace

TEST(Door, OpensTheCore) { EXPECT_EQ(opened_with(CORE_LIBRARY).rfind("opened " PASTICHE_VERSION " (LibTorch ", 0), 0u); }

TEST(Door, SaysWhatIsMissing) {
  EXPECT_NE(opened_with("/nonexistent/core.so").find("/nonexistent/core.so"), std::string::npos);
  EXPECT_NE(opened_with("/nonexistent/core.so").find("LibTorch"), std::string::npos);
  EXPECT_NE(opened_with("/proc/self/status").find("LibTorch"), std::string::npos); // a file that is no library
  EXPECT_NE(opened_with("libc.so.6").find("libc.so.6"), std::string::npos);        // no such path, though the loader would find it
}

TEST(Door, RefusesALibraryThatIsNotTheCore) {
  // Any library will do that is there and has no pastiche_abi.
  EXPECT_NE(opened_with(OTHER_LIBRARY).find("another version"), std::string::npos);
}
