// SPDX-License-Identifier: GPL-3.0-or-later
#include "stylize.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <optional>

#include <nlohmann/json.hpp>

#include "allocator.h"
#include "brushstage.h"
#include "checkpoint.h"
#include "error.h"
#include "host/options.h"
#include "image.h"
#include "memory.h"
#include "objective.h"
#include "optimizer.h"
#include "recipe.h"

namespace pastiche {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

using Tensors = std::vector<torch::Tensor>;

double bytes_of(const Tensors &tensors) {
  double bytes = 0;
  for (const torch::Tensor &tensor : tensors)
    bytes += tensor.defined() ? static_cast<double>(tensor.nbytes()) : 0;
  return bytes;
}

// Fades a painting into the content's own pixels where it does not cover them; where nothing is painted these stay to the last bit.
void uncover(std::vector<float> &painted, const pastiche_image &content, const torch::Tensor &coverage) {
  const float *share = coverage.const_data_ptr<float>();
  for (size_t i = 0; i < painted.size(); ++i) {
    const float own = content.rgba[i], covered = share[i / 4];
    if (covered <= 0)
      painted[i] = own;
    else if (i % 4 < 3 && std::isfinite(own))
      painted[i] = std::lerp(own, painted[i], covered);
  }
}

Json as_json(const Losses &losses) {
  return {{"content_loss", losses.content},     {"style_loss", losses.style}, {"feature_loss", losses.feature},
          {"laplacian_loss", losses.laplacian}, {"tv_loss", losses.tv},       {"total_loss", losses.total()}};
}

Losses losses_from(const Json &json) {
  return {.content = json.at("content_loss"),
          .style = json.at("style_loss"),
          .feature = json.at("feature_loss"),
          .laplacian = json.at("laplacian_loss"),
          .tv = json.at("tv_loss")};
}

std::string smaller_tiles() { return _("There was less memory than expected, so the picture was worked on in smaller tiles."); }

// How many steps the tolerance looks back.
constexpr size_t patience = 10;

constexpr double checkpoint_seconds = 60;

// Tells the host how far the run is and asks it whether to go on.
class Progress {
public:
  // Makes the picture to show, of the size that is reported; empty: there is none.
  using Frame = std::function<std::vector<float>()>;

  // `first_pixels`: those of the first picture, before the scales; `brush_pixels`: that brush-work paints after them, and how the network
  // goes over them; 0: there is none.
  Progress(const pastiche_job &job, const std::vector<Scale> &scales, double first_pixels, double brush_pixels, const Scale &retouching)
      : job_(job), scales_(scales), first_work_(first_steps * first_pixels), retouching_work_(work(retouching)),
        brush_work_(brush_steps * brush_pixels + retouching_work_), work_(first_work_ + brush_work_) {
    for (const Scale &scale : scales)
      work_ += work(scale);
  }

  // After step `step` (from 1) of scale number `index`. Returns whether to stop. `frame` is called when it is time for one.
  bool report(size_t index, int64_t step, const Losses &losses, const Frame &frame) {
    if (!job_.on_step)
      return false;
    const Scale &scale = scales_[index];
    const double share = static_cast<double>(step) / static_cast<double>(scale.steps), one = 1 / static_cast<double>(scale.steps);
    pastiche_step now = at(work(scale) * share, work(scale) * one);
    now.scale = static_cast<int32_t>(index + 1);
    now.step = static_cast<int32_t>(step);
    now.steps = static_cast<int32_t>(scale.steps);
    now.width = static_cast<int32_t>(scale.width);
    now.height = static_cast<int32_t>(scale.height);
    now.content_loss = losses.content;
    now.style_loss = losses.style;
    now.feature_loss = losses.feature;
    now.laplacian_loss = losses.laplacian;
    now.tv_loss = losses.tv;
    now.total_loss = losses.total();
    return tell(now, frame);
  }

  // The same of the first picture and of brush-work at a size of which a share of 0..1 is done.
  bool report_first_picture(Size size, double share) { return report(0, size, first_work_, share, {}); }
  bool report_brush_work(Size size, double share, const Frame &frame) {
    return report(brush_scale(), size, brush_work_, share * (1 - retouching_work_ / brush_work_), frame);
  }
  bool report_retouching(Size size, double share, const Frame &frame) {
    return report(brush_scale(), size, brush_work_, 1 - (1 - share) * retouching_work_ / brush_work_, frame);
  }
  void finish_first_picture() { done_ += first_work_; }

  // Also for a scale that ended early or was finished by the run that this one resumes.
  void finish_scale(size_t index) { done_ += work(scales_[index]); }
  double seconds() const { return seconds_since(start_); }

private:
  // What the first picture and brush-work cost a pixel, in steps of the optimisation at a large scale.
  static constexpr double first_steps = 4, brush_steps = 12;

  int32_t brush_scale() const { return static_cast<int32_t>(scales_.size() + 1); }

  bool report(int32_t scale, Size size, double work, double share, const Frame &frame) {
    if (!job_.on_step)
      return false;
    pastiche_step now = at(work * share, 0);
    now.scale = scale;
    now.steps = 100;
    now.step = std::clamp(static_cast<int32_t>(std::lround(now.steps * share)), 1, now.steps);
    now.width = static_cast<int32_t>(size.width);
    now.height = static_cast<int32_t>(size.height);
    return tell(now, frame);
  }

  bool tell(pastiche_step &now, const Frame &frame) {
    std::vector<float> pixels;
    if (frame && job_.frame_seconds > 0 && seconds_since(last_frame_) >= job_.frame_seconds) {
      pixels = frame();
      now.frame = {now.width, now.height, pixels.data()};
      last_frame_ = Clock::now();
    }
    return job_.on_step(&now, job_.user) != 0;
  }

  // When so much is done of what is under way, of which `last` is the newest.
  pastiche_step at(double done, double last) {
    if (begun_ < 0)
      begun_ = (done_ + done - last) / work_;
    // A scale that is begun again on another device has been counted.
    progress_ = std::clamp((done_ + done) / work_, progress_, 1.0);
    pastiche_step now{};
    now.struct_size = sizeof now;
    now.scales = static_cast<int32_t>(scales_.size());
    now.progress = progress_;
    now.seconds = seconds_since(start_);
    now.seconds_left = progress_ - begun_ > 0.01 ? now.seconds * (1 - progress_) / (progress_ - begun_) : -1;
    return now;
  }

  // A step costs its pixels and a little that does not depend on them.
  static double work(const Scale &scale) {
    return static_cast<double>(scale.steps) * (static_cast<double>(scale.width * scale.height) + 20000);
  }

  const pastiche_job &job_;
  const std::vector<Scale> &scales_;
  double first_work_, retouching_work_, brush_work_, work_, done_ = 0; // in pixels of a step
  double progress_ = 0, begun_ = -1;                                   // of the whole run: now, and where this process took it up
  Clock::time_point start_ = Clock::now(), last_frame_{};
};

// The way down at one scale, and what is told of it.
class Descent {
public:
  // `on_smaller_tiles` is called when memory is found to be short.
  Descent(Objective objective, std::unique_ptr<Optimizer> optimizer, const Scale &scale, Clock::time_point start,
          std::function<void()> on_smaller_tiles)
      : objective_(std::move(objective)), optimizer_(std::move(optimizer)), scale_(scale), start_(start),
        on_smaller_tiles_(std::move(on_smaller_tiles)) {}

  void resume(const Checkpoint &checkpoint) {
    optimizer_->restore(checkpoint.state);
    step_ = checkpoint.step;
    useful_ = checkpoint.useful;
    const Json &report = checkpoint.reports.back();
    losses_ = losses_from(report);
    best_ = losses_from(report.at("best"));
    history_ = report.at("history").get<std::vector<double>>();
    recent_ = report.at("recent").get<std::deque<double>>();
    earlier_seconds_ = report.at("seconds").get<double>();
  }

  bool is_useful() const { return useful_; } // whether another step would be
  bool goes_on() const { return step_ < scale_.steps && useful_; }

  // It is the last one when it lowers the loss by less than the share `tolerance`.
  void take_step(double tolerance) {
    useful_ = optimizer_->step(evaluate_);
    follow_optimizer();
    ++step_;
    history_.push_back(optimizer_->loss());
    recent_.push_back(optimizer_->best_loss());
    if (recent_.size() > patience) {
      useful_ &= recent_.front() - recent_.back() >= tolerance * recent_.front();
      recent_.pop_front();
    }
  }

  int64_t step() const { return step_; }
  const Losses &losses() const { return *losses_; }
  const Optimizer &optimizer() const { return *optimizer_; }

  // The best image; undefined when no evaluation gave usable numbers.
  torch::Tensor finish() {
    torch::Tensor image = optimizer_->result(evaluate_);
    if (image.defined())
      follow_optimizer();
    return image;
  }

  Json report() const {
    Json json{{"width", scale_.width},
              {"height", scale_.height},
              {"tiles", objective_.tiles().size()},
              {"steps", step_},
              {"evaluations", optimizer_->evaluations()},
              {"seconds", earlier_seconds_ + seconds_since(start_)}};
    json.update(as_json(*losses_));
    json["history"] = history_;
    return json;
  }

  // Its report with what resume() needs besides.
  Json report_to_resume() const {
    Json json = report();
    json["recent"] = recent_;
    json["best"] = as_json(*best_);
    return json;
  }

private:
  double evaluate(const torch::Tensor &at, const torch::Tensor &gradient) {
    for (;;) {
      try {
        tried_ = objective_.evaluate(at, gradient);
        if (!losses_)
          losses_ = best_ = tried_;
        return tried_.total();
      } catch (const std::exception &failure) {
        if (!is_out_of_memory(failure) || !objective_.shrink_tiles())
          throw;
        on_smaller_tiles_();
      }
    }
  }

  void follow_optimizer() {
    if (optimizer_->loss() == tried_.total())
      losses_ = tried_;
    else if (optimizer_->loss() == best_->total())
      losses_ = best_;
    if (losses_->total() <= best_->total())
      best_ = losses_;
  }

  Objective objective_;
  const std::unique_ptr<Optimizer> optimizer_;
  const Scale &scale_;
  const Clock::time_point start_; // of what the report counts
  const std::function<void()> on_smaller_tiles_;
  const Evaluate evaluate_ = [this](const torch::Tensor &at, const torch::Tensor &gradient) { return evaluate(at, gradient); };
  std::optional<Losses> losses_, best_; // of the optimiser's image, of the best one
  Losses tried_;                        // of what was evaluated last, which the optimiser may have taken back
  std::vector<double> history_;
  std::deque<double> recent_; // best losses, to tell a plateau
  int64_t step_ = 0;
  double earlier_seconds_ = 0;
  bool useful_ = true;
};

class Painting {
public:
  Painting(const pastiche_job &job, torch::Device device)
      : job_(job), recipe_(job, device), progress_(job, recipe_.scales(), recipe_.paints_first() ? recipe_.finest().area() : 0,
                                                   brushes() ? recipe_.working().area() : 0, recipe_.retouching(recipe_.padded())) {}

  Outcome paint();

private:
  size_t take_up();
  Json report() const;
  torch::Tensor on_device(const std::function<torch::Tensor()> &work);
  torch::Tensor paint_scale(Pictures &pictures, size_t index, const torch::Tensor &before);
  bool brushes() const { return recipe_.brush_amount() > 0; }
  void paint_first(Pictures &pictures, double from, double to);
  torch::Tensor paint_with_brushes(const torch::Tensor &painting, const std::vector<Style> &styles, const Image &given_start);
  torch::Tensor retouch(const BrushStage::Painted &painted, const Pictures &pictures);
  torch::Tensor retouch_here(const BrushStage::Painted &painted, const Pictures &pictures, const Scale &scale);
  Objective make_objective(Problem problem, Share &share, Size size, int64_t least_limit);
  double free_bytes() const;
  double host_free_bytes() const;
  std::pair<Share, int64_t> share_memory(const Problem &problem, Size size, const Tensors &dropped) const;
  int64_t least_limit(double free_bytes, double passing_bytes, const Problem &problem, Size size) const;
  void save(const Checkpoint &checkpoint);
  void note(const std::string &sentence);

  const pastiche_job &job_;
  Recipe recipe_;
  Progress progress_;
  std::string fingerprint_;
  std::optional<Checkpoint> resumed_; // until its scale is painted
  std::vector<std::string> notes_;
  Json reports_ = Json::array();
  Json first_report_, brush_report_; // null: there was none
  torch::Tensor places_;             // of brush-work's paint; undefined: not told
  int64_t evaluations_ = 0;
  Clock::time_point last_checkpoint_ = Clock::now();
  bool saved_ = false, stopped_ = false;
};

void Painting::note(const std::string &sentence) {
  if (std::ranges::find(notes_, sentence) == notes_.end())
    notes_.push_back(sentence);
}

double Painting::free_bytes() const {
  const torch::Device device = recipe_.encoder().device();
  if (device.is_cuda())
    return 0.9 * static_cast<double>(free_device_bytes(device));
  return host_free_bytes();
}

double Painting::host_free_bytes() const {
  return plannable_share * static_cast<double>(memory_limit(job_.options.memory)) - static_cast<double>(resident_bytes());
}

void Painting::save(const Checkpoint &checkpoint) {
  last_checkpoint_ = Clock::now();
  try {
    checkpoint.save(job_.checkpoint);
    saved_ = true;
  } catch (const Error &failure) {
    // A path that cannot be written to is better known at once; later on, hours of work are worth more than their checkpoint.
    if (!saved_ && !stopped_)
      throw;
    note(failure.what());
  }
}

// The memory limit in bytes with which a scale can be painted; of what may be used now, `free_bytes` are free.
int64_t Painting::least_limit(double free_bytes, double passing_bytes, const Problem &problem, Size size) const {
  const Share least = recipe_.share_memory(0, passing_bytes, problem, size); // history of 1
  const double needed = least.kept_bytes + std::max(0.0, least.optimizer_bytes - passing_bytes) +
                        recipe_.bytes_per_tile_pixel(problem) * recipe_.least_tile_pixels(problem, size);
  return memory_limit(job_.options.memory) + static_cast<int64_t>((needed - free_bytes) / plannable_share);
}

Objective Painting::make_objective(Problem problem, Share &share, Size size, int64_t least_limit) {
  for (;;) {
    if (Objective::cut(recipe_.encoder(), Objective::layers_of(problem), size.width, size.height, share.most_pixels).empty()) {
      if (recipe_.encoder().device().is_cuda())
        throw Error(PASTICHE_OUT_OF_MEMORY, _("The graphics card has too little free memory to paint this picture; choose a smaller detail "
                                              "size, or the processor as device."));
      // The scales to come may need more than this one.
      pastiche_estimate whole{};
      whole.memory_only = 1;
      try {
        estimate(job_, whole);
      } catch (const Error &) {
        // the same refusal, by when the least is known
      }
      throw too_little_memory(memory_limit(job_.options.memory), std::max(least_limit, whole.least_bytes));
    }
    try {
      return Objective(recipe_.encoder(), problem, share.most_pixels);
    } catch (const std::exception &failure) {
      if (!is_out_of_memory(failure))
        throw;
      share.most_pixels = std::min(share.most_pixels, size.area()) / 2;
      note(smaller_tiles());
    }
  }
}

// Has the pictures start from their first picture. `from` and `to`: of all the work on first pictures, 0..1.
void Painting::paint_first(Pictures &pictures, double from, double to) {
  const auto start = Clock::now();
  const Size size{pictures.target.size(3), pictures.target.size(2)};
  const FirstPicture &first = recipe_.first_picture();
  release_kept_blocks();
  const auto regions = std::ranges::count_if(pictures.styles, [](const Style &style) { return style.region.defined(); });
  const double kept = FirstPicture::bytes_per_pixel(regions) * size.area(), free = host_free_bytes() - kept;
  double most = std::min(free / first.bytes_per_tile_pixel(), FirstPicture::useful_pixels);
  if (most < first.least_pixels())
    throw too_little_memory(memory_limit(job_.options.memory),
                            memory_limit(job_.options.memory) +
                                static_cast<int64_t>((first.least_pixels() * first.bytes_per_tile_pixel() - free) / plannable_share));
  for (;;)
    try {
      pictures.start = first.paint(recipe_.scene(pictures, most), [&](double done) {
        stopped_ = progress_.report_first_picture(size, std::lerp(from, to, done));
        return !stopped_;
      });
      break;
    } catch (const std::exception &failure) {
      if (!is_out_of_memory(failure) || most / 2 < first.least_pixels())
        throw;
      most /= 2;
      note(smaller_tiles());
    }
  first_report_ = {{"width", size.width}, {"height", size.height}, {"seconds", seconds_since(start)}};
}

// Does a part of the work on the device; once more on the processor where that is a graphics card which fails and was not asked for.
torch::Tensor Painting::on_device(const std::function<torch::Tensor()> &work) {
  if (job_.options.device != PASTICHE_DEVICE_AUTO || recipe_.encoder().device().is_cpu())
    return work();
  const std::optional<Checkpoint> resumed = resumed_;
  try {
    return work();
  } catch (const std::exception &failure) {
    if (const auto *told = dynamic_cast<const Error *>(&failure); told && told->status() != PASTICHE_OUT_OF_MEMORY)
      throw;
  }
  note(_("The graphics card failed or had too little memory, so the processor did the rest of the work."));
  recipe_.move_to(torch::kCPU);
  resumed_ = resumed;
  return work();
}

// What a scale may take, and the least limit with which it can be painted. `dropped`: tensors that are given up before it begins.
std::pair<Share, int64_t> Painting::share_memory(const Problem &problem, Size size, const Tensors &dropped) const {
  Tensors passing = dropped;
  for (const Style &style : problem.styles)
    passing.push_back(style.color);
  if (problem.match.defined() && !problem.match.is_same(problem.content))
    passing.push_back(problem.match);
  double free = free_bytes();
  if (resumed_ && recipe_.encoder().device().is_cpu())
    for (const auto &[name, tensor] : resumed_->state.tensors)
      if (name != "image")
        free += bytes_of({tensor}); // the optimiser's, which the share counts
  Share share = recipe_.share_memory(free, bytes_of(passing), problem, size);
  if (resumed_) {
    share.history = resumed_->history;
    share.most_pixels = std::min(share.most_pixels, resumed_->most_pixels);
  }
  return {share, least_limit(free, bytes_of(passing), problem, size)};
}

torch::Tensor Painting::paint_scale(Pictures &pictures, size_t index, const torch::Tensor &before) {
  const Scale &scale = recipe_.scales()[index];
  const Size size{scale.width, scale.height};
  const auto start = Clock::now();
  torch::Tensor image = resumed_ ? resumed_->state.tensors.at("image") : recipe_.begin(pictures, index, before);
  const torch::Tensor alpha = pictures.visible.defined() ? resize(pictures.visible, size.width, size.height) : torch::Tensor();
  Problem problem = recipe_.problem(pictures, scale);
  release_kept_blocks();
  // At the last scale the target and the start are needed no longer than it takes to know the target's features.
  const bool drops_target = recipe_.encoder().device().is_cpu() && index + 1 == recipe_.scales().size() && !recipe_.settles_by_target();
  auto [share, least] = share_memory(problem, size, drops_target ? Tensors{pictures.target, pictures.start} : Tensors{});
  Objective objective = make_objective(std::move(problem), share, size, least);
  if (drops_target)
    pictures.target = pictures.start = torch::Tensor();
  release_kept_blocks(); // those of the styles have other sizes
  Descent descent(std::move(objective),
                  Optimizer::make(recipe_.settings(index, scale.steps, share.history), std::move(image).to(recipe_.encoder().device())),
                  scale, start, [this] { note(smaller_tiles()); });
  if (resumed_)
    descent.resume(*resumed_);
  resumed_.reset();
  while (descent.goes_on() && !stopped_) {
    descent.take_step(job_.options.tolerance);
    stopped_ = progress_.report(index, descent.step(), descent.losses(),
                                [&] { return to_host(descent.optimizer().image().to(torch::kCPU), alpha); });
    // Brush-work cannot be resumed, but begun again from what was optimised.
    const bool brushes_next = brushes() && index + 1 == recipe_.scales().size() && !descent.goes_on();
    if (job_.checkpoint && (stopped_ || brushes_next || seconds_since(last_checkpoint_) >= checkpoint_seconds)) {
      Json all = reports_;
      all.push_back(descent.report_to_resume());
      save({fingerprint_, index, descent.step(), share.history, share.most_pixels, descent.is_useful(), all, descent.optimizer().state()});
    }
  }
  image = descent.finish();
  if (!image.defined())
    throw Error(PASTICHE_BAD_MODEL, _("The model gives no usable numbers for this picture; use another model or 32-bit float."));
  reports_.push_back(descent.report());
  evaluations_ += descent.optimizer().evaluations();
  return image.to(torch::kCPU).contiguous();
}

torch::Tensor Painting::paint_with_brushes(const torch::Tensor &painting, const std::vector<Style> &styles, const Image &given_start) {
  const auto start = Clock::now();
  BrushStage stage{.painting = painting,
                   .before = {},
                   .photograph = {},
                   .styles = styles,
                   .style_scale = job_.options.style_scale,
                   .amount = recipe_.brush_amount(),
                   .seed = static_cast<uint64_t>(job_.options.seed),
                   .tells_places = job_.tell_places != 0};
  const double guide_pixels = static_cast<double>(painting.size(2) * painting.size(3));
  const double whole = recipe_.padded().area();
  // The content, twice while it is reduced, and its alpha.
  const double content_bytes = 40.0 * job_.content.width * job_.content.height;
  double pixels = whole;
  while (pixels > guide_pixels && content_bytes + stage.bytes(pixels) > host_free_bytes())
    pixels /= 2;
  if (content_bytes + stage.bytes(pixels) > host_free_bytes()) {
    note(_("There was too little memory for brush-work, so the painting is without it."));
    return painting;
  }
  if (pixels < whole)
    note(_("There was too little memory for brush-work at the full size, so it was done at a smaller one and enlarged."));
  stage.photograph = recipe_.photograph(styles, pixels);
  stage.before = recipe_.start(given_start, stage.photograph, pixels);
  release_kept_blocks();
  const Size size{stage.photograph.width(), stage.photograph.height()};
  BrushStage::Painted painted = stage.paint([&](double done, const std::function<torch::Tensor()> &frame) {
    const auto shown = [&] { return to_host(frame(), stage.photograph.alpha); };
    stopped_ = progress_.report_brush_work(size, done, frame ? shown : Progress::Frame());
    return !stopped_;
  });
  // Patches are searched by the processor, whatever device the network is on.
  brush_report_ = {{"device", "cpu"}, {"width", size.width}, {"height", size.height}, {"seconds", seconds_since(start)}};
  places_ = painted.places;
  return stopped_ ? painted.picture : retouch(painted, {stage.photograph.color, stage.photograph.alpha, {}, styles});
}

// The network's last touches to what was painted with brushes; without them where memory is too short, as the painting is there.
torch::Tensor Painting::retouch(const BrushStage::Painted &painted, const Pictures &pictures) {
  const Scale scale = recipe_.retouching({painted.picture.size(3), painted.picture.size(2)});
  if (scale.steps == 0)
    return painted.picture;
  try {
    return on_device([&] { return retouch_here(painted, pictures, scale); });
  } catch (const std::exception &failure) {
    const auto *told = dynamic_cast<const Error *>(&failure);
    if (told ? told->status() != PASTICHE_OUT_OF_MEMORY : !is_out_of_memory(failure))
      throw;
  }
  note(_("There was too little memory to go over the brush-work once more."));
  return painted.picture;
}

torch::Tensor Painting::retouch_here(const BrushStage::Painted &painted, const Pictures &pictures, const Scale &scale) {
  const torch::Tensor &picture = painted.picture;
  const Size size = scale.size();
  const auto start = Clock::now();
  Problem problem = recipe_.retouching_problem(pictures, scale);
  release_kept_blocks();
  auto [share, least] = share_memory(problem, size, {});
  Objective objective = make_objective(std::move(problem), share, size, least);
  release_kept_blocks();
  const torch::Tensor begun = resize(picture, size.width, size.height),
                      alpha = pictures.visible.defined() ? resize(pictures.visible, size.width, size.height) : torch::Tensor();
  Descent descent(std::move(objective),
                  Optimizer::make(recipe_.settings(recipe_.scales().size(), scale.steps, share.history),
                                  begun.to(recipe_.encoder().device(), torch::kFloat, false, true)),
                  scale, start, [this] { note(smaller_tiles()); });
  while (descent.goes_on() && !stopped_) {
    descent.take_step(job_.options.tolerance);
    stopped_ = progress_.report_retouching(size, static_cast<double>(descent.step()) / static_cast<double>(scale.steps),
                                           [&] { return to_host(descent.optimizer().image().to(torch::kCPU), alpha); });
  }
  const torch::Tensor image = descent.finish();
  if (!image.defined())
    return picture;
  brush_report_["retouching"] = descent.report();
  evaluations_ += descent.optimizer().evaluations();
  // The paint keeps its colours: what the network changes is how light it is. A larger painting is given the change enlarged, so that its
  // paint stays as fine as it is; and a film's frame nothing where it is the one before, which would be painted over and over.
  const torch::Tensor last = recipe_.settle(pictures, image.to(torch::kCPU).contiguous());
  const torch::Tensor luminance = torch::tensor({0.299f, 0.587f, 0.114f}).view({1, 3, 1, 1});
  const auto enlarged = [&](const torch::Tensor &small) {
    return resize((small * luminance).sum(1, true), picture.size(3), picture.size(2));
  };
  torch::Tensor change = enlarged(last) - enlarged(begun);
  if (painted.fresh.defined())
    change.mul_(painted.fresh);
  return (picture + change).clamp_(0, 1);
}

// Reads the checkpoint to go on from, and returns the scale at which there is still something to do.
size_t Painting::take_up() {
  size_t first = 0;
  if (job_.resume || job_.checkpoint)
    fingerprint_ = fingerprint(job_, recipe_.model_file());
  if (job_.resume) {
    resumed_ = Checkpoint::load(job_.resume);
    if (resumed_->fingerprint != fingerprint_ || resumed_->scale >= recipe_.scales().size())
      throw Error(
          PASTICHE_INVALID_ARGUMENT,
          sentence(_("“%s” was painted from other pictures or with other options; give the same ones, or leave it out."), job_.resume));
    first = resumed_->scale;
    reports_ = resumed_->reports;
    reports_.erase(reports_.size() - 1);
    for (size_t index = 0; index < first; ++index) {
      progress_.finish_scale(index);
      evaluations_ += reports_[index].at("evaluations").get<int64_t>();
    }
  }
  return first;
}

Json Painting::report() const {
  const Encoder &encoder = recipe_.encoder();
  Json report{{"model", encoder.name()},
              {"model_file", recipe_.model_file().string()},
              {"device", encoder.device().str()},
              {"precision", encoder.precision() == torch::kFloat ? "float32" : "bfloat16"},
              {"optimizer", choice_name("optimizer", job_.options)},
              {"seed", job_.options.seed},
              {"seconds", progress_.seconds()},
              {"peak_bytes", peak_bytes()},
              {"evaluations", evaluations_},
              {"stopped", stopped_},
              {"notes", notes_},
              {"scales", reports_}};
  if (!first_report_.is_null())
    report["first_picture"] = first_report_;
  if (!brush_report_.is_null())
    report["brush_work"] = brush_report_;
  return report;
}

Outcome Painting::paint() {
  const size_t first = take_up();
  torch::Tensor image, coverage;
  {
    // The host may free all but the content at the first step.
    coverage = recipe_.coverage();
    const size_t count = recipe_.scales().size();
    Pictures overviews, whole;
    if (first < count && recipe_.from_overviews(first))
      overviews = recipe_.read(true);
    const bool ends_whole = count == 0 ? recipe_.paints_first() : first < count && !recipe_.from_overviews(count - 1);
    if (ends_whole || (first < count && brushes()))
      whole = recipe_.read(false);
    const std::vector<Style> brush_styles = brushes() ? whole.styles : std::vector<Style>();
    const Image given_start = brushes() ? recipe_.given_start() : Image();
    const Pictures &any = whole.target.defined() ? whole : overviews;
    if (!any.styles.empty() && std::ranges::all_of(any.styles, [](const Style &style) {
          return style.weight <= 0 || (style.region.defined() && style.region.max().item<float>() <= 0);
        }))
      note(_("The masks are black everywhere, so that no style was painted."));
    if (recipe_.paints_first()) {
      const bool begins_small = overviews.target.defined();
      const double middle = !ends_whole ? 1 : begins_small ? 0.3 : 0;
      if (begins_small)
        paint_first(overviews, 0, middle);
      if (ends_whole && !stopped_)
        paint_first(whole, middle, 1);
      progress_.finish_first_picture();
      if (count == 0 || stopped_) { // stopped with the small picture, there is no other yet
        Pictures &last = whole.start.defined() ? whole : overviews;
        image = recipe_.settle(last, last.start);
      }
    }
    for (size_t index = first; index < count && !stopped_; ++index) {
      Pictures &pictures = recipe_.from_overviews(index) ? overviews : whole;
      image = on_device([&] { return paint_scale(pictures, index, image); });
      // Brush-work has the guide's mean colours, so that these are brought to the whole style's.
      image = recipe_.settle(brushes() && index + 1 == count ? whole : pictures, image);
      progress_.finish_scale(index);
    }
    overviews = whole = {};
    if (brushes() && image.defined() && !stopped_)
      image = paint_with_brushes(image, brush_styles, given_start);
  }

  release_kept_blocks();
  std::vector<float> painted;
  if (image.defined()) {
    const Image content = from_host(job_.content);
    if (coverage.defined())
      coverage = resize(coverage, content.width(), content.height());
    torch::Tensor counted = content.alpha;
    if (coverage.defined())
      counted = counted.defined() ? counted * coverage : coverage;
    image = recipe_.finish(image, fill_transparent(content), counted);
    painted = to_host(image, content.alpha);
    if (coverage.defined())
      uncover(painted, job_.content, coverage);
  } else {
    painted.assign(job_.content.rgba, job_.content.rgba + int64_t{4} * job_.content.width * job_.content.height);
  }

  Outcome outcome{.width = job_.content.width,
                  .height = job_.content.height,
                  .rgba = std::move(painted),
                  .report = report().dump(2, ' ', false, nlohmann::json::error_handler_t::replace),
                  .stopped = stopped_,
                  .places_width = 0,
                  .places_height = 0,
                  .places = {}};
  if (places_.defined()) {
    outcome.places_width = static_cast<int32_t>(places_.size(1));
    outcome.places_height = static_cast<int32_t>(places_.size(0));
    outcome.places.assign(places_.const_data_ptr<float>(), places_.const_data_ptr<float>() + places_.numel());
  }
  return outcome;
}

} // namespace

Outcome stylize(const pastiche_job &job) {
  check(job, true);
  return Painting(job, choose_device(job.options.device)).paint();
}

} // namespace pastiche
