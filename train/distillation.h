// SPDX-License-Identifier: GPL-3.0-or-later
// Teaches a small network, the student, to tell what large ones, its teachers, tell.
//
// For every pair of a student's layer and a teacher's, a head (a 1×1 convolution that is thrown away afterwards) predicts the teacher's
// features t from the student's s, both seen in a window of the maps:
//   loss = 1/(N·C) · Σ (t' − head(s))²  +  gram · ‖G(head(s)) − G(t')‖² / ‖G(t')‖²
// with t' the teacher's features after every channel has been given mean 0 and variance 1, and G the Gram matrix of a window. The first
// term is regression of features as in Romero et al. 2015 (FitNets); the second asks for what style transfer looks at. Heads begin as the
// least-squares solution, so that a student that has learnt before is not disturbed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "descent.h"
#include "network.h"
#include "pictures.h"

namespace training {

struct Pair {
  std::string student; // layer
  size_t teacher;      // number
  std::string layer;   // of the teacher
  double weight;
};

// Of one step, by pair.
struct Losses {
  std::vector<double> regression, gram;
};

class Distillation {
public:
  Distillation(Network student, std::vector<Network> teachers, std::vector<Pair> pairs, const Settings &settings, torch::Device device);

  // Measures the teachers' features and solves for the heads.
  void prepare(const Pictures &pictures);

  Losses step(const Pictures &pictures);

  // Means over so many batches of pictures that are never learnt from.
  Losses judge(const Pictures &pictures, int64_t batches) const;

  // Lenses (lens.h) for layers of the student, from 32 batches of pictures.
  Maps lenses(const Pictures &pictures, const std::vector<std::string> &layers, double power) const;

  int64_t steps_done() const { return done_; }
  const Network &student() const { return student_; }
  const std::vector<Pair> &pairs() const { return pairs_; }

  // The whole state, into an absolute path where it appears when it is whole; throws pastiche::Failure. `about` comes back from load(),
  // which throws pastiche::Error when the file is not one of this student and these pairs. The number of steps and the rate may differ: the
  // schedule then goes on as the new ones have it.
  void save(const std::filesystem::path &file, const std::string &about) const;
  std::string load(const std::filesystem::path &file);

private:
  struct Head {
    torch::Tensor weight, bias;  // T×S×1×1, T
    torch::Tensor mean, inverse; // of the teacher's features, 1×T×1×1; inverse standard deviation
  };

  std::vector<Maps> teach(const torch::Tensor &images) const;
  std::pair<torch::Tensor, torch::Tensor> windows(const Pair &pair, const Maps &student, const std::vector<Maps> &teachers,
                                                  uint64_t turn) const;
  torch::Tensor loss(const torch::Tensor &images, uint64_t turn, Losses &losses) const;
  void start();

  Network student_;
  std::vector<Network> teachers_;
  std::vector<Pair> pairs_;
  Settings settings_;
  torch::Device device_;
  std::set<std::string> student_layers_;
  std::vector<std::set<std::string>> teacher_layers_;
  std::vector<Head> heads_;
  std::unique_ptr<torch::optim::Adam> optimizer_;
  int64_t done_ = 0;
};

} // namespace training
