// SPDX-License-Identifier: GPL-3.0-or-later
// State dicts in PyTorch's own files, usually called .pth or .pt.
#pragma once

#include "statedict.h"

namespace models {

// Whether a file begins as what torch.save() writes.
bool is_pth(std::span<const std::byte> file);

// See statedict.h. Throws pastiche::Damage.
StateDict pth_state_dict(std::span<const std::byte> file);

} // namespace models
