// SPDX-License-Identifier: GPL-3.0-or-later
// Precompiled: LibTorch's headers take some ten seconds a file otherwise. No more of them than most files need: with all of
// <torch/torch.h>, its templates take five seconds a file even so.
#include <torch/autograd.h>
#include <torch/types.h>
