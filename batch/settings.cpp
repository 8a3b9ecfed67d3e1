// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <glib.h>

#include "base/i18n.h"
#include "base/number.h"
#include "base/sentence.h"
#include "console/usageerror.h"

namespace batch {
namespace {

using cli::UsageError;
using pastiche::number_in;
using pastiche::sentence;

// A number that the environment must have.
int number_in_environment(const char *name) {
  const char *text = g_getenv(name);
  const auto number = number_in<int>(text ? text : "");
  if (!number)
    throw UsageError(sentence(_("--shard slurm is for the tasks of a Slurm job array, but %s is not set here."), name));
  return *number;
}

} // namespace

void set_shard(const std::string &text, Settings &settings) {
  if (text == "slurm") {
    settings.shards = number_in_environment("SLURM_ARRAY_TASK_COUNT");
    const int first = number_in_environment("SLURM_ARRAY_TASK_MIN"), last = number_in_environment("SLURM_ARRAY_TASK_MAX");
    const int step = g_getenv("SLURM_ARRAY_TASK_STEP") ? number_in_environment("SLURM_ARRAY_TASK_STEP") : 1;
    const int here = number_in_environment("SLURM_ARRAY_TASK_ID");
    // The numbers of an array like 3,7,8 do not tell how many come before.
    if (step < 1 || here < first || (here - first) % step != 0 || (last - first) / step + 1 != settings.shards || here > last)
      throw UsageError(_("The tasks of this job array are not numbered one after the other, so that --shard slurm cannot tell which part "
                         "is meant; give --shard I/N."));
    settings.shard = (here - first) / step + 1;
    return;
  }
  const size_t slash = text.find('/');
  const auto shard = number_in<int>(text.substr(0, slash));
  const auto shards = slash == std::string::npos ? std::nullopt : number_in<int>(text.substr(slash + 1));
  if (!shard || !shards || *shard < 1 || *shard > *shards)
    throw UsageError(
        sentence(_("--shard takes a part and their number, such as 3/8 for the third of eight, or “slurm”, not “%s”."), text.c_str()));
  settings.shard = *shard;
  settings.shards = *shards;
}

} // namespace batch
