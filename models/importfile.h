// SPDX-License-Identifier: GPL-3.0-or-later
// Takes over a network from a file that the user has.
#pragma once

#include <string>

namespace models {

struct Imported {
  std::string name, path;
  std::string title; // of the network: "VGG-19"
  bool is_published; // the file is, by its SHA-256, one that torchvision or the catalogue's publisher published
};

// Installs the VGG-16 or VGG-19 in a safetensors or PyTorch file (statedict.h) with torchvision's names, with or without “features.” before
// them and with or without the classifier, torchvision's own weights or those from Caffe; as `name`, or, if that is empty, by its own
// ("vgg19"). A file whose name ends in a piece of its SHA-256, as PyTorch's own do (vgg19-dcbb9e9d.pth), must have it. Throws Failure,
// Failure when it cannot be read.
Imported import(const std::string &file, const std::string &name);

} // namespace models
