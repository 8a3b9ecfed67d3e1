// SPDX-License-Identifier: GPL-3.0-or-later
#include "recipe.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/cuda.h>

#include "allocator.h"
#include "color.h"
#include "error.h"
#include "host/options.h"
#include "image.h"
#include "plainborder.h"

namespace pastiche {
namespace {

// The side of a square of as many pixels as brush-work needs for a guide: what is finer comes from the style itself.
constexpr double guide_side = 416;

// The network goes over the paint with a few steps, which bring back lines and shapes that patches lose; more would wash the paint off. It
// does so at no more than the area of a square of this side. The paint has the style's grain, of which total variation must leave most, and
// the guide had the content's shapes already.
constexpr int64_t retouching_steps = 10;
constexpr double retouching_side = 1024, retouching_content = 0.5, retouching_tv = 0.2;

// Smaller pictures are continued at their edges up to this side: four poolings must leave something to look at.
constexpr int64_t smallest_side = 32;

// Standard deviation of the grain that the seed adds to the start. It gives flat areas something to grow strokes from.
constexpr double start_grain = 0.02;

// The first step at the coarsest scale, and by what it shrinks from scale to scale. Finer scales begin near their goal: steps as large
// as at first would shake the picture up, and the few steps there leave that behind as grain.
constexpr double coarsest_rate = 0.03, rate_ratio = 0.7;

// Tiles smaller than this spend most of their time on their margins; memory for them goes before a longer history.
constexpr double useful_tile_pixels = 1 << 20;

// What LibTorch takes beside the tensors that are counted: code, thread stacks, scratch space of the convolutions; and by how much a
// pass exceeds what the encoder counts.
constexpr double unforeseen_bytes = 128 << 20, unforeseen_share = 1.4;

// The float32 convolutions of core/mapkernels.h are as fast as LibTorch's in bfloat16 on the processors that are made for it
// (bench/ceiling.py), and the same to the last bit on any number of threads.
torch::ScalarType choose_precision(int32_t wanted) { return wanted == PASTICHE_BFLOAT16 ? torch::kBFloat16 : torch::kFloat; }

Size size_of(const torch::Tensor &image) { return {image.size(3), image.size(2)}; }

torch::Tensor resize(const torch::Tensor &image, Size size) {
  return image.defined() ? pastiche::resize(image, size.width, size.height) : image;
}

// A size of the same shape with the given factor between sides.
Size scaled(Size size, double factor) {
  const auto side = [factor](int64_t pixels) { return std::max<int64_t>(1, std::llround(static_cast<double>(pixels) * factor)); };
  return {side(size.width), side(size.height)};
}

// The same size, or one of its shape of about so many pixels if it has more.
Size within(Size size, double most_pixels) {
  return size.area() <= most_pixels ? size : scaled(size, std::sqrt(most_pixels / size.area()));
}

// The size at which a picture is painted.
Size working_size(Size content, const pastiche_options &options) {
  const int64_t longest = std::max(content.width, content.height);
  return options.size > 0 && longest > options.size ? scaled(content, static_cast<double>(options.size) / static_cast<double>(longest))
                                                    : content;
}

// To the nearest 16-bit values. A host's colour conversion may differ in the last digits from one process to the next (babl chooses the one
// that it measures to be fastest), and optimisation makes that grow until it is seen. 8- and 16-bit pictures become the same again.
Image rounded(const Image &image) {
  const auto round = [](const torch::Tensor &values) {
    return values.defined() ? values.clone().mul_(65535).round_().div_(65535) : values;
  };
  return {round(image.color), round(image.alpha)};
}

// A style, or its overview, without the plain border of the whole style, which is no paint.
Image without_border(Image image, const Image &whole) {
  const int width = static_cast<int>(whole.width()), height = static_cast<int>(whole.height());
  const Border border = plain_border(fill_transparent(whole).contiguous().const_data_ptr<float>(), width, height);
  const auto cut = [](const torch::Tensor &pixels, int64_t side, int before, int after, int64_t of) {
    if (!pixels.defined())
      return pixels;
    // Of an overview no pixel that has any of the border in it, as long as there are others.
    const int64_t all = pixels.size(side), begin = std::min((before * all + of - 1) / of, all - 1);
    return pixels.narrow(side, begin, std::max<int64_t>((of - after) * all / of - begin, 1));
  };
  for (torch::Tensor *pixels : {&image.color, &image.alpha})
    *pixels = cut(cut(*pixels, 3, border.left, border.right, width), 2, border.top, border.bottom, height);
  return image;
}

// Continues a small image beyond its right and lower edge.
torch::Tensor pad_to_smallest(const torch::Tensor &image) {
  if (!image.defined())
    return image;
  const int64_t right = std::max<int64_t>(0, smallest_side - image.size(3)), below = std::max<int64_t>(0, smallest_side - image.size(2));
  return right + below == 0 ? image : torch::replication_pad2d(image, {0, right, 0, below});
}

// Fits a picture to a size by covering it, and cuts off what is too much.
torch::Tensor cover(const torch::Tensor &image, Size size) {
  const Size own = size_of(image);
  const double factor = std::max(static_cast<double>(size.width) / static_cast<double>(own.width),
                                 static_cast<double>(size.height) / static_cast<double>(own.height));
  Size covering = scaled(own, factor);
  covering = {std::max(covering.width, size.width), std::max(covering.height, size.height)};
  return resize(image, covering)
      .narrow(3, (covering.width - size.width) / 2, size.width)
      .narrow(2, (covering.height - size.height) / 2, size.height)
      .contiguous();
}

// The image with the colours of the styles, each in its region, moved by `amount`.
torch::Tensor with_style_colors(const torch::Tensor &image, const torch::Tensor &visible, const std::vector<Style> &styles, double amount) {
  torch::Tensor sum, weights;
  double all = 0; // only how the weights compare counts
  for (const Style &style : styles)
    all += style.weight;
  for (const Style &style : styles) {
    if (style.weight <= 0)
      continue;
    torch::Tensor region = resize(style.region, size_of(image));
    const torch::Tensor counted = region.defined() && visible.defined() ? region * visible : region.defined() ? region : visible;
    const torch::Tensor moved = ColorMap(image, counted, style.color, style.alpha)(image, amount);
    if (styles.size() == 1 && !region.defined())
      return moved;
    region = style.weight / all * (region.defined() ? region : torch::ones({1, 1, image.size(2), image.size(3)}));
    sum = sum.defined() ? sum.addcmul_(region, moved) : region * moved;
    weights = weights.defined() ? weights.add_(region) : region;
  }
  constexpr double none = 1e-4; // below it no style is painted there
  return torch::where(weights > none, sum / weights.clamp_min(none), image);
}

} // namespace

void check(const pastiche_job &job, bool with_pixels) {
  if (const auto fault = find_fault(job.options))
    throw Error(PASTICHE_INVALID_ARGUMENT, *fault);
  if (job.style_count < 1 || job.style_count > PASTICHE_STYLES || !job.styles)
    throw Error(PASTICHE_INVALID_ARGUMENT, sentence(_("Between 1 and %d style pictures are needed."), PASTICHE_STYLES));
  static constexpr float some = 0;
  const auto check_image = [&](const auto &image, const float *values) {
    check_size(image.width, image.height, with_pixels ? values : &some);
  };
  check_image(job.content, job.content.rgba);
  if (job.start)
    check_image(*job.start, job.start->rgba);
  for (int32_t i = 0; job.overviews && i <= job.style_count; ++i)
    check_image(job.overviews[i], job.overviews[i].rgba);
  double sum = 0;
  for (int32_t i = 0; i < job.style_count; ++i) {
    const pastiche_style &style = job.styles[i];
    check_image(style.image, style.image.rgba);
    if (style.mask)
      check_image(*style.mask, style.mask->values);
    if (!std::isfinite(style.weight) || style.weight < 0)
      throw Error(PASTICHE_INVALID_ARGUMENT, _("The weight of a style must be a number from 0 up."));
    sum += style.weight;
  }
  if (sum <= 0)
    throw Error(PASTICHE_INVALID_ARGUMENT, _("At least one style needs a weight above 0."));
}

torch::Device choose_device(int32_t wanted) {
  const bool cuda = wanted != PASTICHE_DEVICE_CPU && torch::cuda::is_available();
  if (wanted == PASTICHE_DEVICE_CUDA && !cuda)
    throw Error(PASTICHE_NO_DEVICE, _("There is no CUDA graphics card that this LibTorch can use; choose the processor as device."));
  return cuda ? torch::kCUDA : torch::kCPU;
}

Recipe::Recipe(const pastiche_job &job, torch::Device device)
    : job_(job), options_(job.options), model_file_(find_model(options_.model ? options_.model : "compact")),
      encoder_(open_encoder(device)), content_size_{job.content.width, job.content.height}, working_(working_size(content_size_, options_)),
      padded_{std::max(working_.width, smallest_side), std::max(working_.height, smallest_side)},
      optimized_(brush_amount() > 0 ? within(padded_, guide_side * guide_side) : padded_) {
  keep_large_blocks();
  const auto layers = [&](const char *option, const char *text, const std::vector<std::string> &standard) {
    return parse_layers(option, text ? text : "", standard, encoder_);
  };
  content_layers_ = layers("content-layers", options_.content_layers, encoder_.content_layers());
  style_layers_ = layers("style-layers", options_.style_layers, encoder_.style_layers());
  feature_layers_ = layers("feature-layers", options_.feature_layers, encoder_.style_layers());
  // Strength 0 promises the content itself, so nothing is worked at.
  if (options_.strength > 0 && options_.steps > 0)
    scales_ = plan_scales(optimized_, job.overviews ? Size{job.overviews->width, job.overviews->height} : optimized_, options_.steps,
                          options_.scales, brush_amount() <= 0); // a guide may have any size
  if (job.overviews)
    overview_scales_ = static_cast<size_t>(
        std::ranges::count_if(scales_, [](const Scale &scale) { return scale.size().area() < overview_side * overview_side * 1.01; }));
}

// The last one is kept: hosts paint one picture after another with the same network. Never taken apart, for the sake of graphics cards that
// are gone by then.
Encoder Recipe::open_encoder(torch::Device device) const {
  struct Last {
    std::mutex mutex;
    std::string key;
    std::optional<Encoder> encoder;
  };
  static auto &last = *new Last;
  const torch::ScalarType precision = choose_precision(options_.precision);
  const bool average = options_.pooling == PASTICHE_POOLING_AVERAGE;
  std::error_code ignored;
  const auto written = std::filesystem::last_write_time(model_file_, ignored).time_since_epoch().count();
  const std::string key =
      model_file_.string() + ' ' + std::to_string(written) + device.str() + c10::toString(precision) + (average ? " average" : "");
  const std::scoped_lock lock(last.mutex);
  if (!last.encoder || last.key != key) {
    last.encoder.reset();
    last.encoder.emplace(model_file_, device, precision, average);
    last.key = key;
  }
  return *last.encoder;
}

void Recipe::move_to(torch::Device device) { encoder_ = open_encoder(device); }

Size Recipe::finest() const { return scales_.empty() ? optimized_ : scales_.back().size(); }

// Strength 0 promises the content itself, and little of it little of the style.
double Recipe::brush_amount() const { return std::min(1.0, 2 * options_.strength) * options_.brush_work; }

Image Recipe::fitted_to_brushes(const Image &image, double most_pixels) const {
  const Size size = within(padded_, most_pixels);
  // What is added to a very small picture is added to its working size.
  const Size own = padded_.area() > working_.area() ? working_ : size;
  const auto fit = [&](const torch::Tensor &values) { return pad_to_smallest(resize(values, own)); };
  return {fit(fill_transparent(image)), fit(image.alpha)};
}

Image Recipe::photograph(const std::vector<Style> &styles, double most_pixels) const {
  Image photograph = fitted_to_brushes(rounded(from_host(job_.content)), most_pixels);
  if (style_colors())
    photograph.color = with_style_colors(photograph.color, photograph.alpha, styles, color_amount());
  return photograph;
}

Image Recipe::given_start() const { return job_.start ? rounded(from_host(*job_.start)) : Image(); }

torch::Tensor Recipe::start(const Image &given, const Image &photograph, double most_pixels) const {
  if (!given.color.defined())
    return {};
  const Image start = fitted_to_brushes(given, most_pixels);
  return start.alpha.defined() ? torch::lerp(photograph.color, start.color, start.alpha) : start.color;
}

double Recipe::color_amount() const { return std::min(1.0, 2 * options_.strength); }

// The style's strokes keep their size relative to the content: both pictures have the same area when style-scale is 1.
Size Recipe::style_size(Size style, Size painting) const {
  return scaled(style, std::max(std::sqrt(painting.area() / style.area()) * options_.style_scale,
                                static_cast<double>(smallest_side) / static_cast<double>(std::min(style.width, style.height))));
}

LossWeights Recipe::weights() const {
  // At strength 0.5 both factors are 1.
  const double to_content = 2 * (1 - options_.strength), to_style = 2 * options_.strength;
  const double to_match = options_.match == PASTICHE_MATCH_CONTENT ? to_content : to_style;
  const bool normalized = options_.normalization == PASTICHE_NORMALIZE_TARGET;
  LossWeights weights;
  for (const LossRow &row : loss_table()) {
    const double pull = row.towards == Towards::content ? to_content : row.towards == Towards::style ? to_style : to_match;
    weights.*row.weight = pull * options_.*row.option * (normalized ? row.unit : 1);
  }
  return weights;
}

Pictures Recipe::read(bool overviews) const {
  const pastiche_image *const others = job_.overviews ? job_.overviews + 1 : nullptr;
  const bool padded = padded_.width > working_.width || padded_.height > working_.height;
  // The last of these scales may be a little coarser than the one before.
  const auto largest = [&] {
    return *std::max_element(scales_.begin(), scales_.begin() + static_cast<ptrdiff_t>(overview_scales_),
                             [](const Scale &a, const Scale &b) { return a.size().area() < b.size().area(); });
  };
  const Size size = padded ? working_ : overviews ? largest().size() : finest();
  const auto fit = [&](const torch::Tensor &image) { return pad_to_smallest(resize(image, size)); };

  Pictures pictures;
  const Image content = rounded(from_host(overviews ? *job_.overviews : job_.content));
  pictures.target = fit(fill_transparent(content));
  pictures.visible = fit(content.alpha);
  if (pictures.visible.defined() && pictures.visible.max().item<float>() <= 0)
    pictures.visible = torch::Tensor(); // nothing is visible; then all of it counts
  for (int32_t i = 0; i < job_.style_count; ++i) {
    const pastiche_style &given = job_.styles[i];
    Image image = from_host(overviews ? others[i] : given.image);
    if (!given.whole)
      image = without_border(image, overviews ? from_host(given.image) : image);
    image = rounded(image);
    Style style;
    style.weight = given.weight;
    style.color = pad_to_smallest(fill_transparent(image));
    style.alpha = pad_to_smallest(image.alpha);
    if (given.weight > 0 && style.alpha.defined() && style.alpha.max().item<float>() <= 0)
      throw Error(PASTICHE_INVALID_ARGUMENT,
                  _("A style picture is wholly transparent, so that there is nothing to paint by; use another."));
    if (given.mask)
      style.region = fit(from_host(*given.mask));
    pictures.styles.push_back(style);
  }
  // Gram matrices know colours only by their second moments, so the colours are brought together before the run: content and style then do
  // not pull apart. The first picture moves colours by itself; what is left to do, settle() does.
  if (style_colors() && !scales_.empty())
    pictures.target = with_style_colors(pictures.target, pictures.visible, pictures.styles, color_amount());
  else if (content_colors())
    for (Style &style : pictures.styles)
      style.color = ColorMap(style.color, style.alpha, pictures.target, pictures.visible)(style.color);
  if (const Image start = given_start(); start.color.defined()) {
    pictures.start = fit(fill_transparent(start));
    if (start.alpha.defined())
      pictures.start = torch::lerp(pictures.target, pictures.start, fit(start.alpha));
  }
  return pictures;
}

Problem Recipe::problem(const Pictures &pictures, const Scale &scale) const {
  const Size size{scale.width, scale.height};
  const auto here = [&](const torch::Tensor &image) { return image.defined() ? image.to(encoder_.device()) : image; };
  Problem problem{.content = here(resize(pictures.target, size)),
                  .visible = here(resize(pictures.visible, size)),
                  .match = {},
                  .styles = {},
                  .weights = weights(),
                  .content_layers = content_layers_,
                  .style_layers = style_layers_,
                  .feature_layers = feature_layers_,
                  .normalization = options_.normalization == PASTICHE_NORMALIZE_TARGET ? Normalization::target : Normalization::none};
  if (problem.weights.match())
    problem.match = options_.match == PASTICHE_MATCH_CONTENT ? problem.content : here(cover(pictures.styles.front().color, size));
  for (const Style &style : pictures.styles) {
    const Size style_here = style_size(size_of(style.color), size);
    problem.styles.push_back(
        {here(resize(style.color, style_here)), here(resize(style.alpha, style_here)), here(resize(style.region, size)), style.weight});
  }
  return problem;
}

double Recipe::bytes_per_tile_pixel(const Problem &problem) const {
  // A pass, and the tile's own copies of the image and of its gradient.
  return encoder_.trace_bytes_per_pixel(Objective::layers_of(problem)) * unforeseen_share + 3 * 3 * 4;
}

Share Recipe::share_memory(double free_bytes, double passing_bytes, const Problem &problem, Size size) const {
  const double pixels = size.area(), tile_bytes = bytes_per_tile_pixel(problem);
  const auto kind = static_cast<pastiche_optimizer>(options_.optimizer);
  Share share{};
  share.kept_bytes = Objective::kept_bytes_per_pixel(encoder_, problem) * pixels + unforeseen_bytes;
  // Halved until there is room, rather than cut to fit: memory is never quite the same, and the painting should be.
  share.history = options_.history;
  const auto room = [&] {
    share.optimizer_bytes =
        Optimizer::bytes_per_value(kind, std::min<int64_t>(share.history, scales_.empty() ? 0 : options_.steps), options_.averaging > 0) *
        3 * pixels;
    return free_bytes - share.kept_bytes - std::max(0.0, share.optimizer_bytes - passing_bytes);
  };
  while (share.history > 1 && room() < std::min(pixels, useful_tile_pixels) * tile_bytes)
    share.history /= 2;
  share.most_pixels = std::max(0.0, room()) / tile_bytes;
  // Tiles have one of few sizes for the same reason.
  if (share.most_pixels < pixels)
    share.most_pixels = std::exp2(std::floor(2 * std::log2(std::max(1.0, share.most_pixels))) / 2);
  if (share.most_pixels < least_tile_pixels(problem, size))
    share.most_pixels = 0;
  return share;
}

double Recipe::least_tile_pixels(const Problem &problem, Size size) const {
  // A tile that owns less than it sees beyond has the picture looked at many times over; of the smallest that could be cut it would be
  // thousands. One that is as wide as four margins owns a quarter of what it sees.
  const auto margins = static_cast<double>(4 * Objective::margin(encoder_, Objective::layers_of(problem)));
  const double width = std::min(margins, static_cast<double>(size.width)), height = std::min(margins, static_cast<double>(size.height));
  return std::min(size.area(), std::exp2(std::ceil(2 * std::log2(std::max(1.0, width * height))) / 2));
}

bool Recipe::paints_first() const {
  return options_.strength > 0 && (options_.steps == 0 || (options_.start == PASTICHE_START_FIRST && !job_.start));
}

// Hosts show one picture after another, so that what is built in is opened once.
const FirstPicture &Recipe::first_picture() const {
  if (choose_precision(options_.precision) == torch::kFloat) {
    static const FirstPicture exact(torch::kFloat);
    return exact;
  }
  static const FirstPicture fast(torch::kBFloat16);
  return fast;
}

FirstPicture::Scene Recipe::scene(const Pictures &pictures, double most_pixels) const {
  return {.picture = pictures.target,
          .visible = pictures.visible,
          .styles = pictures.styles,
          .strength = options_.strength,
          .style_size = [this](Size style, Size painting) { return style_size(style, painting); },
          .most_pixels = most_pixels};
}

torch::Tensor Recipe::begin(const Pictures &pictures, size_t index, const torch::Tensor &before) const {
  const Size size{scales_[index].width, scales_[index].height};
  const torch::Tensor &from = pictures.start.defined() ? pictures.start : pictures.target;
  const bool noise = !pictures.start.defined() && options_.start == PASTICHE_START_NOISE;
  if (before.defined()) {
    torch::Tensor image = resize(before, size);
    // What only this scale can hold comes from the picture that the painting started from; blurred, it would have to be found again.
    if (!noise)
      image.add_(resize(from, size) - resize(resize(from, size_of(before)), size)).clamp_(0, 1);
    return image;
  }
  auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(options_.seed));
  if (noise)
    return torch::rand({1, 3, size.height, size.width}, generator, torch::kFloat);
  // A picture to start from has strokes already, and in a video the grain of one frame would stay under that of the next.
  if (pictures.start.defined())
    return resize(from, size);
  return torch::randn({1, 3, size.height, size.width}, generator, torch::kFloat).mul_(start_grain).add_(resize(from, size)).clamp_(0, 1);
}

Scale Recipe::retouching(Size brushed) const {
  const Size size = within(brushed, retouching_side * retouching_side);
  const int64_t steps = brush_amount() > 0 && !scales_.empty() ? std::min<int64_t>(retouching_steps, options_.steps) : 0;
  return {size.width, size.height, steps};
}

Problem Recipe::retouching_problem(const Pictures &pictures, const Scale &scale) const {
  Problem result = problem(pictures, scale);
  result.weights.content *= retouching_content;
  result.weights.tv *= retouching_tv;
  return result;
}

Optimizer::Settings Recipe::settings(size_t index, int64_t steps, int64_t history) const {
  return {.kind = static_cast<pastiche_optimizer>(options_.optimizer),
          .steps = steps,
          .first_rate = coarsest_rate * options_.rate * std::pow(rate_ratio, static_cast<double>(index)),
          .history = history,
          .averaging = options_.averaging};
}

torch::Tensor Recipe::settle(const Pictures &pictures, const torch::Tensor &image) const {
  if (!style_colors())
    return image;
  const torch::Tensor visible = resize(pictures.visible, size_of(image));
  return settles_by_target() ? ColorMap(image, visible, pictures.target, pictures.visible)(image)
                             : with_style_colors(image, visible, pictures.styles, color_amount());
}

Size Recipe::coverage_size() const {
  Size size{0, 0};
  for (int32_t i = 0; i < job_.style_count; ++i) {
    const pastiche_style &style = job_.styles[i];
    if (style.weight > 0 && !style.mask)
      return {0, 0};
    if (style.weight > 0)
      size = {std::max<int64_t>(size.width, style.mask->width), std::max<int64_t>(size.height, style.mask->height)};
  }
  return {std::min(size.width, content_size_.width), std::min(size.height, content_size_.height)};
}

double Recipe::coverage_pixels() const { return coverage_size().area(); }

torch::Tensor Recipe::coverage() const {
  const Size size = coverage_size();
  torch::Tensor sum;
  for (int32_t i = 0; size.width > 0 && i < job_.style_count; ++i)
    if (job_.styles[i].weight > 0) {
      const torch::Tensor mask = resize(from_host(*job_.styles[i].mask), size);
      sum = sum.defined() ? sum.add_(mask) : mask;
    }
  return sum.defined() ? sum.clamp_max_(1) : sum;
}

torch::Tensor Recipe::finish(const torch::Tensor &image, const torch::Tensor &content, const torch::Tensor &counted) const {
  torch::Tensor painted = resize(image, padded_).narrow(3, 0, working_.width).narrow(2, 0, working_.height);
  painted = resize(painted, content_size_);
  switch (options_.color) {
  case PASTICHE_COLOR_CONTENT:
    return lightness_of(painted, content);
  case PASTICHE_COLOR_CONTENT_COVARIANCE:
    return covariance_of(painted, content, counted);
  case PASTICHE_COLOR_CONTENT_HISTOGRAM:
    return ColorMap(painted, counted, content, counted)(painted);
  default:
    return painted;
  }
}

} // namespace pastiche
