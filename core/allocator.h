// SPDX-License-Identifier: GPL-3.0-or-later
// Memory for LibTorch's tensors on the CPU. Every evaluation takes and gives back the same large blocks; the system would clear and map
// their pages anew each time, which takes longer than most of what is done with them. So large blocks are kept for the next one.
#pragma once

#include <cstdint>

namespace pastiche {

// From now on LibTorch's large blocks come from here. May be called again; does nothing then.
void keep_large_blocks();

// Gives the blocks that are not in use back to the system.
void release_kept_blocks();

} // namespace pastiche
