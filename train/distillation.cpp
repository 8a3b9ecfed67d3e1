// SPDX-License-Identifier: GPL-3.0-or-later
#include "distillation.h"

#include <algorithm>
#include <cmath>

#include <torch/serialize.h>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/workspace.h"
#include "lens.h"

namespace training {
namespace {

constexpr int64_t measured_batches = 16, lens_batches = 32;

// N×C×H×W to its Gram matrices, N×C×C, means over the places.
torch::Tensor gram(const torch::Tensor &maps) {
  const torch::Tensor rows = maps.flatten(2);
  return rows.bmm(rows.transpose(1, 2)) / static_cast<double>(rows.size(2));
}

} // namespace

Distillation::Distillation(Network student, std::vector<Network> teachers, std::vector<Pair> pairs, const Settings &settings,
                           torch::Device device)
    : student_(std::move(student)), teachers_(std::move(teachers)), pairs_(std::move(pairs)), settings_(settings), device_(device),
      teacher_layers_(teachers_.size()), heads_(pairs_.size()) {
  student_.to(device);
  for (Network &teacher : teachers_)
    teacher.to(device);
  for (const Pair &pair : pairs_) {
    student_layers_.insert(pair.student);
    teacher_layers_[pair.teacher].insert(pair.layer);
  }
}

std::vector<Maps> Distillation::teach(const torch::Tensor &images) const {
  const torch::NoGradGuard no_grad;
  std::vector<Maps> maps;
  for (size_t i = 0; i < teachers_.size(); ++i)
    maps.push_back(teachers_[i](images, teacher_layers_[i]));
  return maps;
}

// The same random window of the student's and the teacher's maps; whole maps of the shallow layers would cost more than the teachers do.
std::pair<torch::Tensor, torch::Tensor> Distillation::windows(const Pair &pair, const Maps &student, const std::vector<Maps> &teachers,
                                                              uint64_t turn) const {
  const torch::Tensor &s = student.at(pair.student), &t = teachers[pair.teacher].at(pair.layer);
  const int64_t height = std::min(s.size(2), t.size(2)), width = std::min(s.size(3), t.size(3));
  if (std::abs(s.size(2) - t.size(2)) > 1 || std::abs(s.size(3) - t.size(3)) > 1)
    throw pastiche::Failure(pastiche::sentence(_("%s and %s cannot be compared: their maps have other sizes (%d × %d and %d × %d)."),
                                               pair.student.c_str(), pair.layer.c_str(), static_cast<int>(s.size(3)),
                                               static_cast<int>(s.size(2)), static_cast<int>(t.size(3)), static_cast<int>(t.size(2))));
  const int64_t rows = std::min(settings_.window, height), columns = std::min(settings_.window, width);
  const auto place = [&](int64_t room, uint64_t salt) {
    // A few bits of a multiplicative hash (Knuth, The Art of Computer Programming, volume 3, section 6.4) are random enough for this.
    return static_cast<int64_t>(((turn + 1) * 2654435761u + salt * 40503u) % 65521u % static_cast<uint64_t>(room + 1));
  };
  const int64_t top = place(height - rows, 1), left = place(width - columns, 2);
  return {s.narrow(2, top, rows).narrow(3, left, columns), t.narrow(2, top, rows).narrow(3, left, columns)};
}

void Distillation::prepare(const Pictures &pictures) {
  const torch::NoGradGuard no_grad;
  struct Sums {
    torch::Tensor inputs, products, targets, squares; // X·Xᵀ, X·Tᵀ, Σt, Σt², with a row of ones below the student's features
    double count = 0;
  };
  std::vector<Sums> sums(pairs_.size());
  for (int64_t batch = 0; batch < measured_batches; ++batch) {
    // Steps count from 1, so these crops are others.
    const torch::Tensor images = pictures.batch(Pictures::Part::learnt, settings_.batch, settings_.seed, -1 - batch).to(device_);
    const std::vector<Maps> taught = teach(images);
    const Maps seen = student_(images, student_layers_);
    for (size_t i = 0; i < pairs_.size(); ++i) {
      const auto [s, t] = windows(pairs_[i], seen, taught, static_cast<uint64_t>(batch));
      const auto rows = [](const torch::Tensor &maps) { return maps.transpose(0, 1).flatten(1).to(torch::kDouble); };
      torch::Tensor x = rows(s);
      const torch::Tensor y = rows(t);
      x = torch::cat({x, torch::ones({1, x.size(1)}, x.options())});
      const auto add = [](torch::Tensor &sum, const torch::Tensor &more) { sum = sum.defined() ? sum + more : more; };
      add(sums[i].inputs, x.mm(x.t()));
      add(sums[i].products, x.mm(y.t()));
      add(sums[i].targets, y.sum(1));
      add(sums[i].squares, y.square().sum(1));
      sums[i].count += static_cast<double>(x.size(1));
    }
  }
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const Sums &sum = sums[i];
    const torch::Tensor mean = sum.targets / sum.count, variance = (sum.squares / sum.count - mean.square()).clamp_min(0);
    // A channel that never speaks has nothing to teach.
    const torch::Tensor inverse =
        torch::where(variance > 1e-6 * variance.mean(), variance.clamp_min(1e-30).rsqrt(), torch::zeros_like(variance));
    const int64_t inputs = sum.inputs.size(0);
    const torch::Tensor ones = sum.inputs.narrow(1, inputs - 1, 1); // Σx
    const torch::Tensor products = (sum.products - ones * mean.unsqueeze(0)) * inverse.unsqueeze(0);
    const torch::Tensor ridge = torch::eye(inputs, sum.inputs.options()) * (1e-4 * sum.inputs.diagonal().mean());
    const torch::Tensor solved = at::linalg_solve(sum.inputs + ridge, products).to(torch::kFloat).t();
    Head &head = heads_[i];
    head.weight = solved.narrow(1, 0, inputs - 1).unsqueeze(-1).unsqueeze(-1).contiguous();
    head.bias = solved.select(1, inputs - 1).contiguous();
    head.mean = mean.to(torch::kFloat).view({1, -1, 1, 1});
    head.inverse = inverse.to(torch::kFloat).view({1, -1, 1, 1});
  }
  start();
}

Maps Distillation::lenses(const Pictures &pictures, const std::vector<std::string> &layers, double power) const {
  const torch::NoGradGuard no_grad;
  Maps sums;
  for (int64_t batch = 0; batch < lens_batches; ++batch) {
    const torch::Tensor images = pictures.batch(Pictures::Part::learnt, settings_.batch, settings_.seed, batch).to(device_);
    for (const auto &[layer, maps] : student_(images, {layers.begin(), layers.end()})) {
      const torch::Tensor mean = gram(maps.to(torch::kDouble)).mean(0);
      torch::Tensor &sum = sums[layer];
      sum = sum.defined() ? sum + mean : mean;
    }
  }
  Maps lenses;
  for (const auto &[layer, sum] : sums)
    lenses[layer] = lens_of(sum / static_cast<double>(lens_batches), power);
  return lenses;
}

void Distillation::start() {
  std::vector<torch::Tensor> learning;
  for (const auto &[name, weight] : student_.weights())
    learning.push_back(weight);
  for (const Head &head : heads_)
    learning.insert(learning.end(), {head.weight, head.bias});
  optimizer_ = make_optimizer(learning, settings_);
}

torch::Tensor Distillation::loss(const torch::Tensor &images, uint64_t turn, Losses &losses) const {
  const std::vector<Maps> taught = teach(images);
  const Maps seen = student_(images, student_layers_);
  torch::Tensor total;
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const auto [s, t] = windows(pairs_[i], seen, taught, turn);
    const Head &head = heads_[i];
    const torch::Tensor wanted = (t - head.mean) * head.inverse, told = torch::conv2d(s, head.weight, head.bias);
    const torch::Tensor regression = (told - wanted).square().mean();
    torch::Tensor sum = regression;
    losses.regression.push_back(regression.item<double>());
    if (settings_.gram > 0) {
      const torch::Tensor target = gram(wanted), textures = (gram(told) - target).square().sum() / target.square().sum();
      losses.gram.push_back(textures.item<double>());
      sum = sum + settings_.gram * textures;
    }
    sum = pairs_[i].weight * sum;
    total = total.defined() ? total + sum : sum;
  }
  return total;
}

Losses Distillation::step(const Pictures &pictures) {
  const int64_t turn = done_ + 1;
  Losses losses;
  const torch::Tensor images = pictures.batch(Pictures::Part::learnt, settings_.batch, settings_.seed, turn).to(device_);
  descend(*optimizer_, settings_, done_, loss(images, static_cast<uint64_t>(turn), losses));
  done_ = turn;
  return losses;
}

Losses Distillation::judge(const Pictures &pictures, int64_t batches) const {
  const torch::NoGradGuard no_grad;
  Losses mean{std::vector<double>(pairs_.size()), std::vector<double>(settings_.gram > 0 ? pairs_.size() : 0)};
  for (int64_t batch = 0; batch < batches; ++batch) {
    Losses losses;
    loss(pictures.batch(Pictures::Part::held_out, settings_.batch, settings_.seed, batch).to(device_), static_cast<uint64_t>(batch),
         losses);
    for (size_t i = 0; i < mean.regression.size(); ++i)
      mean.regression[i] += losses.regression[i] / static_cast<double>(batches);
    for (size_t i = 0; i < mean.gram.size(); ++i)
      mean.gram[i] += losses.gram[i] / static_cast<double>(batches);
  }
  return mean;
}

void Distillation::save(const std::filesystem::path &file, const std::string &about) const {
  torch::serialize::OutputArchive archive, optimizer;
  archive.write("about", c10::IValue(about));
  archive.write("done", c10::IValue(done_));
  for (const auto &[name, weight] : student_.weights())
    archive.write("student " + name, weight);
  for (size_t i = 0; i < heads_.size(); ++i) {
    const std::string name = "head " + std::to_string(i) + " " + pairs_[i].student + " " + pairs_[i].layer + " ";
    archive.write(name + "weight", heads_[i].weight);
    archive.write(name + "bias", heads_[i].bias);
    archive.write(name + "mean", heads_[i].mean);
    archive.write(name + "inverse", heads_[i].inverse);
  }
  optimizer_->save(optimizer);
  archive.write("optimizer", optimizer);
  pastiche::Workspace workspace(file);
  archive.save_to(workspace.file());
  workspace.publish();
}

std::string Distillation::load(const std::filesystem::path &file) {
  try {
    torch::serialize::InputArchive archive, optimizer;
    archive.load_from(file.string(), device_);
    const auto read = [&](const std::string &name) {
      torch::Tensor tensor;
      archive.read(name, tensor);
      return tensor.detach();
    };
    for (auto &[name, weight] : student_.weights()) {
      const torch::Tensor learnt = read("student " + name);
      TORCH_CHECK(learnt.sizes() == weight.sizes(), "another student");
      weight = learnt;
    }
    for (size_t i = 0; i < heads_.size(); ++i) {
      const std::string name = "head " + std::to_string(i) + " " + pairs_[i].student + " " + pairs_[i].layer + " ";
      heads_[i] = {read(name + "weight"), read(name + "bias"), read(name + "mean"), read(name + "inverse")};
    }
    start();
    archive.read("optimizer", optimizer);
    optimizer_->load(optimizer);
    c10::IValue about, done;
    archive.read("about", about);
    archive.read("done", done);
    done_ = done.toInt();
    return about.toStringRef();
  } catch (const c10::Error &) {
    throw pastiche::Failure(pastiche::sentence(
        _("“%s” is no checkpoint of this student and these teachers; give the same ones, or another file."), file.c_str()));
  }
}

} // namespace training
