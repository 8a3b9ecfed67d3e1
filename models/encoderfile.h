// SPDX-License-Identifier: GPL-3.0-or-later
// A VGG's convolutions as a file that the core's encoder reads (core/encoder.h, “pastiche-encoder-1”).
#pragma once

#include <string>

#include "catalogue.h"
#include "models/pth/statedict.h"

namespace models {

// The VGG whose convolutions `weights` has under torchvision's names, with or without the classifier. Throws pastiche::Damage when it is
// none of the catalogue's.
const Model &model_of(const StateDict &weights, const std::vector<Model> &catalogue);

// Whether `weights` can be what they are taken for. Throws pastiche::Damage naming the first tensor that
//   * is missing, or has another shape or no floating-point type,
//   * holds something that is not a finite number, or is beyond ±1000;
//   * as a convolution's weight has a standard deviation more than 16 times above or below √(2 / (9 · inputs)), the one with which signals
//     neither vanish nor explode in a network of ReLUs (He et al. 2015) and near which training leaves them; has a mean farther from 0 than
//     its standard deviation; or consists for more than half of zeros.
// These tell a network from damage, such as blocks of zeros or bytes out of step, and not one training from another.
void check(const StateDict &weights, const Vgg &network);

// Whether the weights are the ones that the catalogue names, as far as its `begins` tell. Throws pastiche::Damage.
void check_beginnings(const StateDict &weights, const Model &model);

// How a network was trained to see pictures: torchvision's in RGB from 0 to 1, centred and scaled; Caffe's in BGR from 0 to 255, centred.
enum class Input { torchvision, caffe };

// Whose the weights of a model are, told by the catalogue's `caffe_begins`, also when they were rounded to 16 bits. Throws pastiche::Damage
// for Caffe's with the colours of the first weights in another order.
Input input_of(const StateDict &weights, const Model &model);

// Writes `weights`, which were checked, to `path`: zero padding, maximum pooling, style layers relu1_1 … relu5_1, content layer relu4_2;
// `metadata` (name, source, licence …) besides. Numbers keep their type and value. Throws Failure.
void write_encoder(const std::string &path, const StateDict &weights, const Vgg &network, Input input,
                   const std::map<std::string, std::string> &metadata);

// SHA-256, hexadecimal, of the tensors in the order that write_encoder gives them: whatever the metadata are, it stays the same.
std::string tensors_sha256(const StateDict &weights, const Vgg &network);

} // namespace models
