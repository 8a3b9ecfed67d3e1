// SPDX-License-Identifier: GPL-3.0-or-later
// What a picture looks like that is put together from the patches of a field: every pixel is the mean of what the patches that cover it
// say (Wexler, Shechtman, Irani 2007), a patch that fits well counting more.
#pragma once

#include "patchfield.h"

namespace pastiche {

// In both, `sharpness` goes from the mean (0) to the patch that fits best (1), and beyond: a mean of patches from different places is
// blurred, and among smooth pictures the search finds smooth ones; what is more than 1 puts back the contrast that is lost so.

// Writes the target's paint where any place was found, from the 25 patches that cover a pixel; elsewhere it stays as it is.
void vote(const PatchField &field, const PatchPicture &source, float sharpness, PatchPicture &target, const ForEachBand &bands);

// The finished picture, 3×H×W in 0..1, from the nine nearest patches only, where a place is wanted.
void vote_sharp(const PatchField &field, const PatchPicture &source, float sharpness, float *picture, const ForEachBand &bands);

} // namespace pastiche
