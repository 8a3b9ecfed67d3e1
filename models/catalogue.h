// SPDX-License-Identifier: GPL-3.0-or-later
// The models that can be fetched, from models/catalogue.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/pth/statedict.h"

namespace models {

// A network of the VGG family (Simonyan, Zisserman 2014): blocks of 3×3 convolutions, each followed by a ReLU, with a maximum pooling
// behind each block.
struct Vgg {
  struct Convolution {
    std::string name;   // Pastiche's: "conv3_1"
    std::string source; // torchvision's: "features.10"
    int64_t inputs, outputs;
  };

  std::string title; // "VGG-19"
  std::vector<std::vector<Convolution>> blocks;

  // `widths`: for each block the channels and how many convolutions it has.
  Vgg(std::string title, const std::vector<std::pair<int64_t, int64_t>> &widths);

  std::vector<Convolution> convolutions() const;
  uint64_t bytes() const; // of all weights and biases, as float32
};

struct Model {
  std::string name; // what --model takes: "vgg19"
  Vgg network;
  std::string url;
  std::string source, licence;                       // whose weights these are, and under which licence they were published
  std::optional<std::string> file_sha256;            // of the whole published file, as its publisher states it; hexadecimal
  std::optional<std::string> tensors_sha256;         // of the tensors that Pastiche keeps (encoderfile.h)
  std::map<std::string, std::vector<double>> begins; // by torchvision's name, the first values of a tensor, to four decimals
  // The same of the network that its inventors trained in Caffe, which others publish under torchvision's names too.
  std::map<std::string, std::vector<double>> caffe_begins;
};

// Read anew from the file that the environment variable PASTICHE_CATALOGUE names, if it does: for tests, and for a house that keeps copies
// of its own. Throws Failure when that file cannot be used.
std::vector<Model> catalogue();

} // namespace models
