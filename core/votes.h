// SPDX-License-Identifier: GPL-3.0-or-later
// What a picture looks like that is put together from the patches of a field: every pixel is the mean of what the patches that cover it
// say (Wexler, Shechtman, Irani 2007), a patch that fits well counting more.
#pragma once

#include "patchfield.h"

namespace pastiche {

// Writes the target's paint where any place was found; elsewhere it stays as it is.
void vote(const PatchField &field, const PatchPicture &source, PatchPicture &target, const ForEachBand &bands);

// The finished picture, 3×H×W in 0..1, from the patch that fits best of the nine nearest at every pixel: a mean would be blurred wherever
// neighbours come from different places. `sharpness` goes from the weighted mean of the nine (0) to the best alone (1).
void vote_sharp(const PatchField &field, const PatchPicture &source, float sharpness, float *picture, const ForEachBand &bands);

} // namespace pastiche
