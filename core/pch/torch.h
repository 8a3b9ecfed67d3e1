// SPDX-License-Identifier: GPL-3.0-or-later
// Precompiled: LibTorch's headers take some ten seconds a file otherwise.
#include <torch/torch.h>
