// SPDX-License-Identifier: GPL-3.0-or-later
#include "fetching.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/i18n.h"
#include "base/sentence.h"

namespace cli {

using Clock = std::chrono::steady_clock;
using pastiche::sentence;
using pastiche::shown_size;

models::FetchProgress shown_fetching(Progress &progress, const StopRequests &requests) {
  // The pace since the first bytes of this run: what an earlier one had fetched took no time.
  return [&progress, &requests, first_arrived = std::optional<uint64_t>(), begin = Clock::time_point()](uint64_t arrived,
                                                                                                        uint64_t wanted) mutable {
    if (wanted > 0 && arrived > 0) {
      if (!first_arrived) {
        first_arrived = arrived;
        begin = Clock::now();
      }
      const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      const auto news = static_cast<double>(arrived - std::min(arrived, *first_arrived));
      const double left = news > 0 && seconds >= 1 ? seconds / news * static_cast<double>(wanted - std::min(arrived, wanted)) : -1;
      progress.show(static_cast<double>(arrived) / static_cast<double>(wanted), left,
                    sentence(_("%s of %s"), shown_size(arrived).c_str(), shown_size(wanted).c_str()));
    }
    return !requests.stop_asked();
  };
}

int32_t stall_seconds_of(const Typed &typed) {
  constexpr double longest = 3600;
  return static_cast<int32_t>(batch::number_within("timeout", typed.value_of("timeout").value_or("30"), 1, longest));
}

} // namespace cli
