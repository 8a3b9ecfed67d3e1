// SPDX-License-Identifier: GPL-3.0-or-later
#include "reconstruction.h"

#include <cmath>
#include <random>
#include <set>

#include <torch/nn/functional.h>
#include <torch/serialize.h>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "core/safetensors.h"
#include "core/transport.h"

namespace training {
namespace {

using nlohmann::json;
namespace F = torch::nn::functional;

// Channels of each decoder's convolutions, 3×3 and followed by ReLU but for the last; 0: bilinear enlargement by 2.
constexpr int up = 0;
const std::map<std::string, std::vector<int64_t>> plans{
    {"relu2_1", {32, 16, up, 3}}, {"relu3_1", {32, up, 32, 16, up, 3}}, {"relu4_1", {64, up, 64, 32, up, 32, 16, up, 3}}};

// At what the first picture is painted: the last layer at any size, the others on small copies, which gives large strokes.
const json passes = {{{"layer", "relu4_1"}, {"side", 288}},
                     {{"layer", "relu3_1"}, {"side", 288}},
                     {{"layer", "relu3_1"}, {"side", 576}},
                     {{"layer", "relu2_1"}}};

constexpr const char *shallow = "relu1_1";

torch::Tensor relative(const torch::Tensor &a, const torch::Tensor &b) { return (a - b).square().sum() / b.square().sum(); }

pastiche::Gaussian gaussian_of(const torch::Tensor &rows) { // C×places
  const torch::Tensor exact = rows.to(torch::kCPU, torch::kDouble), mean = exact.mean(1, true), centred = exact - mean;
  return {mean.squeeze(1), centred.mm(centred.t()) / static_cast<double>(exact.size(1))};
}

// Every picture's features, N×C×H×W, moved a part of the way to those of the next one.
torch::Tensor moved(const torch::Tensor &features, std::mt19937_64 &random) {
  const int64_t count = features.size(0);
  std::vector<torch::Tensor> all;
  for (int64_t i = 0; i < count; ++i) {
    const torch::Tensor rows = features[i].flatten(1);
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    const pastiche::AffineMap map = pastiche::transport(gaussian_of(rows), gaussian_of(features[(i + 1) % count].flatten(1))).partly(share);
    all.push_back((map.matrix.to(rows.options()).mm(rows) + map.shift.to(rows.options()).unsqueeze(1)).view_as(features[i]));
  }
  return torch::stack(all);
}

} // namespace

Reconstruction::Reconstruction(Network encoder, std::string encoder_sha256, const Settings &settings, torch::Device device)
    : encoder_(std::move(encoder)), encoder_sha256_(std::move(encoder_sha256)), settings_(settings), device_(device) {
  encoder_.to(device);
  auto generator = at::make_generator<at::CPUGeneratorImpl>(settings.seed);
  std::set<std::string> layers{shallow};
  for (const auto &[layer, plan] : plans)
    layers.insert(layer);
  const Maps maps = encoder_(torch::zeros({1, 3, 8, 8}, device), layers);
  int64_t side = 8; // at the next layer
  for (const std::string &layer : layers) {
    const auto found = maps.find(layer);
    if (found == maps.end() || found->second.size(2) != side || found->second.size(3) != side)
      throw pastiche::Failure(pastiche::sentence(
          _("Decoders need an encoder with the layers relu1_1, relu2_1, relu3_1 and relu4_1, the next half the size of the one before; "
            "%s is not so."),
          layer.c_str()));
    side /= 2;
  }
  for (const auto &[layer, plan] : plans) {
    int64_t inputs = maps.at(layer).size(1);
    std::vector<json> &described = decoders_[layer];
    std::string name;
    int number = 0;
    for (size_t i = 0; i < plan.size(); ++i) {
      const int64_t outputs = plan[i];
      if (outputs == up) {
        described.push_back({{"op", "enlarge"}});
        continue;
      }
      const bool last = i + 1 == plan.size();
      name = "decoder" + layer.substr(4) + "_" + std::to_string(++number);
      described.push_back({{"op", "conv"}, {"name", name}, {"kernel", 3}});
      if (!last)
        described.push_back({{"op", "relu"}});
      // He et al. 2015; the last one begins with a nearly even gray.
      const double deviation = last ? 0.01 : std::sqrt(2.0 / static_cast<double>(9 * inputs));
      weights_[name + ".weight"] = (torch::randn({outputs, inputs, 3, 3}, generator, torch::kFloat) * deviation).to(device);
      weights_[name + ".bias"] = torch::full({outputs}, last ? 0.45 : 0.0, device);
      inputs = outputs;
    }
  }
  start();
}

void Reconstruction::start() {
  std::vector<torch::Tensor> learning;
  for (const auto &[name, weight] : weights_)
    learning.push_back(weight);
  optimizer_ = make_optimizer(learning, settings_);
}

std::vector<std::string> Reconstruction::layers() const {
  std::vector<std::string> names;
  for (const auto &[layer, decoder] : decoders_)
    names.push_back(layer);
  return names;
}

torch::Tensor Reconstruction::decode(const std::string &layer, const torch::Tensor &features) const {
  torch::Tensor x = features;
  for (const json &one : decoders_.at(layer)) {
    if (one["op"] == "conv") {
      const std::string name = one["name"];
      x = torch::conv2d(F::pad(x, F::PadFuncOptions({1, 1, 1, 1}).mode(torch::kReplicate)), weights_.at(name + ".weight"),
                        weights_.at(name + ".bias"));
    } else if (one["op"] == "relu") {
      x = torch::relu(x);
    } else {
      x = torch::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, false);
    }
  }
  return x;
}

std::vector<DecoderLosses> Reconstruction::losses(const torch::Tensor &pictures, int64_t turn) const {
  std::seed_seq sequence{static_cast<uint32_t>(settings_.seed), static_cast<uint32_t>(settings_.seed >> 32), static_cast<uint32_t>(turn)};
  std::mt19937_64 random(sequence);
  const int64_t count = pictures.size(0);
  Maps features;
  {
    const torch::NoGradGuard no_grad;
    std::set<std::string> layers{shallow};
    for (const auto &[layer, decoder] : decoders_)
      layers.insert(layer);
    features = encoder_(pictures, layers);
  }
  std::vector<DecoderLosses> all;
  for (const auto &[layer, decoder] : decoders_) {
    const torch::Tensor &own = features.at(layer), others = moved(own, random);
    const torch::Tensor drawn = decode(layer, torch::cat({own, others}));
    const Maps seen = encoder_(drawn, {layer, shallow});
    const auto of_own = [&](const torch::Tensor &both) { return both.narrow(0, 0, count); };
    all.push_back(
        {.layer = layer,
         .picture = 20 * (of_own(drawn) - pictures).square().mean(),
         .features = (relative(of_own(seen.at(layer)), own) + relative(of_own(seen.at(shallow)), features.at(shallow))) / 2,
         .moved = 0.5 * relative(seen.at(layer).narrow(0, count, count), others) + 5 * (drawn - drawn.clamp(0, 1)).square().mean()});
  }
  return all;
}

std::vector<DecoderLosses> Reconstruction::step(const torch::Tensor &pictures) {
  std::vector<DecoderLosses> all = losses(pictures, done_ + 1);
  torch::Tensor sum = torch::zeros({}, device_);
  for (const DecoderLosses &one : all)
    sum = sum + one.picture + one.features + one.moved;
  descend(*optimizer_, settings_, done_, sum);
  ++done_;
  return all;
}

void Reconstruction::write(const std::filesystem::path &file, const std::string &encoder_name,
                           std::map<std::string, std::string> metadata) const {
  metadata["format"] = "pastiche-decoders-1";
  metadata["encoder"] = json{{"name", encoder_name}, {"sha256", encoder_sha256_}}.dump();
  metadata["decoders"] = json(decoders_).dump();
  metadata["passes"] = passes.dump();
  std::map<std::string, torch::Tensor> tensors;
  for (const auto &[name, weight] : weights_)
    tensors[name] = weight.detach().to(torch::kHalf);
  pastiche::write_safetensors(file, tensors, metadata);
}

void Reconstruction::save(const std::filesystem::path &file, const std::string &about) const {
  torch::serialize::OutputArchive archive, optimizer;
  archive.write("about", c10::IValue(about));
  archive.write("done", c10::IValue(done_));
  archive.write("encoder", c10::IValue(encoder_sha256_));
  for (const auto &[name, weight] : weights_)
    archive.write(name, weight);
  optimizer_->save(optimizer);
  archive.write("optimizer", optimizer);
  pastiche::Workspace workspace(file);
  archive.save_to(workspace.file());
  workspace.publish();
}

std::string Reconstruction::load(const std::filesystem::path &file) {
  try {
    torch::serialize::InputArchive archive, optimizer;
    archive.load_from(file.string(), device_);
    c10::IValue about, done, encoder;
    archive.read("encoder", encoder);
    TORCH_CHECK(encoder.toStringRef() == encoder_sha256_, "another encoder");
    for (auto &[name, weight] : weights_) {
      torch::Tensor learnt;
      archive.read(name, learnt);
      TORCH_CHECK(learnt.sizes() == weight.sizes(), "other decoders");
      weight = learnt.detach();
    }
    start();
    archive.read("optimizer", optimizer);
    optimizer_->load(optimizer);
    archive.read("about", about);
    archive.read("done", done);
    done_ = done.toInt();
    return about.toStringRef();
  } catch (const c10::Error &) {
    throw pastiche::Failure(pastiche::sentence(_("“%s” is no checkpoint of decoders of this encoder; give the same one, or another file."),
                                               pastiche::shown(file).c_str()));
  }
}

} // namespace training
