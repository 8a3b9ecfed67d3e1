// SPDX-License-Identifier: GPL-3.0-or-later
#include "complaints.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace raster {
namespace {

constexpr size_t enough = 16; // a failing writer says the same for every row

} // namespace

Complaints::Complaints()
    : previous_log(g_log_set_default_handler(hear, this)), previous_print(g_set_printerr_handler([](const char *) {})),
      previous_error(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
  std::fflush(stderr);
  if (const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); previous_error >= 0 && nowhere >= 0) {
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
}

Complaints::~Complaints() {
  std::fflush(stderr);
  if (previous_error >= 0) {
    dup2(previous_error, STDERR_FILENO);
    close(previous_error);
  }
  g_set_printerr_handler(previous_print);
  g_log_set_default_handler(previous_log, nullptr);
}

std::vector<std::string> Complaints::heard() {
  const std::lock_guard lock(mutex);
  return messages;
}

void Complaints::hear(const char *, GLogLevelFlags level, const char *message, void *complaints) {
  if (!(level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)))
    return;
  auto *self = static_cast<Complaints *>(complaints);
  const std::lock_guard lock(self->mutex);
  if (self->messages.size() < enough)
    self->messages.emplace_back(message ? message : "");
}

} // namespace raster
