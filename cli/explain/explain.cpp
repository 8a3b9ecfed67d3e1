// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "batch/paint/job.h"
#include "batch/paint/pictures.h"
#include "cli/commands.h"
#include "cli/help/optionentries.h"
#include "cli/paintingline.h"
#include "console/progress.h"
#include "console/stop.h"
#include "console/usageerror.h"
#include "figures.h"
#include "host/door.h"
#include "page.h"
#include "plot/losses.h"
#include "plot/svg.h"
#include "raster/destination.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

// Longest side that is explained unless another is asked for, in pixels: the maps of every layer are then held without trouble, and
// painting once for every style layer takes seconds.
constexpr int explained_size = 512;

constexpr size_t most_channels = 16; // of a layer that are shown

constexpr const char *page_name = "index.html";

struct Stopped {};

// The folder that is to be made, or is there and empty, as an absolute path.
fs::path empty_folder(const std::string &path) {
  std::error_code error;
  fs::path folder = fs::weakly_canonical(fs::absolute(path), error);
  if (!folder.has_filename()) // “out/” that is not there yet
    folder = folder.parent_path();
  if (error || (fs::exists(folder) && !fs::is_directory(folder)))
    throw Failure(sentence(_("“%s” is not a folder."), shown(path).c_str()));
  if (fs::exists(folder) && !fs::is_empty(folder))
    throw Failure(sentence(_("The folder “%s” is not empty; give another, or empty it."), shown(path).c_str()));
  return folder;
}

// All that the page shows.
void move_pictures(const fs::path &from, const fs::path &to) {
  const std::vector<fs::directory_entry> files(fs::directory_iterator(from), {});
  for (const fs::directory_entry &file : files)
    if (const fs::path name = file.path().filename(); name != page_name) {
      std::error_code error;
      fs::rename(file, to / name, error);
      if (error)
        throw Failure(sentence(_("“%s” cannot be written: %s."), shown(to / name).c_str(), error.message().c_str()));
    }
}

double squares(std::span<const float> values) {
  double sum = 0;
  for (const float value : values)
    sum += static_cast<double>(value) * value;
  return sum;
}

// Σ (a − b)² / Σ b², the measure of the normalised losses.
double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); i++)
    sum += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  return sum / squares(b);
}

std::span<const float> maps_of(const pastiche_layer &layer) {
  return {layer.maps, size_t{1} * layer.channels * layer.width * layer.height};
}

std::span<const float> gram_of(const pastiche_layer &layer) { return {layer.gram, size_t{1} * layer.gram_size * layer.gram_size}; }

class Explanation {
public:
  Explanation(const PaintingLine &line, const pastiche::Core &core, const batch::Pictures &pictures)
      : line(line), core(core), work(line, pictures), progress(line.quiet) {
    work.job.on_step = on_step;
    work.job.user = this;
  }

  // Throws Stopped when the user wants no more of it.
  void make() {
    tell(_("Painting the picture."));
    work.job.tell_places = 1;
    const Result painting = paint(work.job);
    work.job.tell_places = 0;
    plot = plot::losses_as_svg(steps);
    painted = core.result_image(painting.get());
    save("painting.png", painted);

    content = extract(PASTICHE_CONTENT);
    style = extract(PASTICHE_FIRST_STYLE);
    work.job.start = &painted;
    result = extract(PASTICHE_START);
    work.job.start = nullptr;
    save("content.png", content->image);
    save("style.png", style->image);

    introduce();
    for (int32_t i = 0; i < content->layer_count; i++)
      explain_features(i);
    explain_content();
    explain_style();
    explain_losses();
    if (const pastiche_image places = core.result_places(painting.get()); places.rgba)
      explain_brush_work(places);
  }

  // Only at the end, so that nothing lies about when the process is ended before.
  void write(const std::string &folder) {
    stop.hold();
    raster::Picture plain; // tells how the files are to be written
    plain.format = babl_format("R'G'B' u8");
    for (const auto &[file, pixels] : drawn)
      raster::Destination(fs::path(folder) / file).save(pixels.view(), plain, false);
    pastiche::write_text(fs::path(folder) / "losses.svg", plot);
    pastiche::write_text(fs::path(folder) / page_name, page.finish());
  }

private:
  using Result = std::unique_ptr<pastiche_result, decltype(&pastiche_result_free)>;
  using Features = std::unique_ptr<pastiche_features, decltype(&pastiche_features_free)>;

  static int on_step(const pastiche_step *step, void *user) {
    auto *self = static_cast<Explanation *>(user);
    if (step->scale >= 1 && step->scale <= step->scales) // the first picture and brush-work have none
      self->steps.push_back(plot::losses_of(*step));
    self->progress.show(*step);
    return self->stop.stop_asked();
  }

  void tell(const std::string &text) const {
    if (!line.quiet)
      std::fprintf(stderr, "%s\n", text.c_str());
  }

  Result paint(const pastiche_job &job) {
    steps.clear();
    pastiche_error error{};
    pastiche_result *painting = nullptr;
    const pastiche_status status = core.run(&job, &painting, &error);
    Result owner(painting, core.result_free);
    progress.clear();
    if (status == PASTICHE_STOPPED)
      throw Stopped{};
    if (status < 0)
      throw Failure(error.message);
    return owner;
  }

  // From noise, with no loss but one: on the content layers or on one style layer.
  void paint_alone(const std::string &file, double content_weight, double style_weight, const char *style_layers) {
    pastiche_job job = work.job;
    pastiche_options &options = job.options;
    options.start = PASTICHE_START_NOISE;
    options.color = PASTICHE_COLOR_FREE;
    options.strength = 0.5;
    options.brush_work = 0;
    for (const pastiche::Option &option : pastiche::option_table())
      if (option.group == pastiche::Group::weights)
        if (const auto *weight = std::get_if<pastiche::NumberOption>(&option.kind))
          options.*weight->field = 0;
    options.content_weight = content_weight;
    options.style_weight = style_weight;
    options.style_layers = style_layers;
    const Result painting = paint(job);
    save(file, core.result_image(painting.get()));
  }

  Features extract(pastiche_picture picture) const {
    pastiche_error error{};
    pastiche_features *features = nullptr;
    if (core.extract_features(&work.job, picture, &features, &error) < 0)
      throw Failure(error.message);
    return {features, core.features_free};
  }

  void save(const std::string &file, raster::Pixels &&pixels) { drawn.emplace_back(file, std::move(pixels)); }
  void save(const std::string &file, const pastiche_image &image) { save(file, raster::copy_of(image)); }

  void introduce() {
    page.paragraph(
        _("A network that has learnt to see looks at all three pictures. The painting is changed, step by step, until the network "
          "finds in it the photograph's shapes and the style's textures."));
    page.figures({{"content.png", _("The content: a photograph, in the colours that it is given before painting.")},
                  {"style.png", _("The style, at the size at which it is looked at.")},
                  {"painting.png", _("The painting.")}});
    page.heading(_("What the network sees"));
    page.paragraph(
        _("Every layer of the network is a stack of feature maps F, one for each thing that it looks for: edges and colours in "
          "the first layers, textures and then shapes further down, where the maps also become smaller. White says “very much of it "
          "here”, black “nothing”. These are the maps that vary most in the photograph."));
  }

  void explain_features(int32_t index) {
    const pastiche_layer &layer = content->layers[index];
    const std::vector<int> channels = liveliest_channels(layer, most_channels);
    const std::string name = layer.name;
    save("features-" + name + "-content.png", channel_grid(layer, channels));
    save("features-" + name + "-style.png", channel_grid(style->layers[index], channels));
    save("features-" + name + "-painting.png", channel_grid(result->layers[index], channels));
    page.subheading(name);
    page.paragraph(sentence(dngettext(GETTEXT_PACKAGE, "%d map of %d × %d pixels; %d is shown here.",
                                      "%d maps of %d × %d pixels; %d are shown here.", static_cast<unsigned>(layer.channels)),
                            layer.channels, layer.width, layer.height, static_cast<int>(channels.size())));
    page.figures({{"features-" + name + "-content.png", _("Of the content.")},
                  {"features-" + name + "-style.png", _("Of the style.")},
                  {"features-" + name + "-painting.png", _("Of the painting.")}});
  }

  void explain_content() {
    tell(_("Painting from noise with the content alone."));
    paint_alone("content-alone.png", 1, 0, work.job.options.style_layers);
    page.heading(_("Content: what is where"));
    page.paragraph(_("The content loss compares the feature maps of the painting, F, with those of the photograph, P, place by place:"));
    page.formula("Σ (F − P)² / Σ P²");
    for (int32_t i = 0; i < content->layer_count; i++)
      if (const pastiche_layer &layer = content->layers[i]; layer.is_content_layer)
        page.paragraph(sentence(_("At %s it is %.3f for the painting. An image in which the network sees nothing at all would have 1."),
                                layer.name, distance(maps_of(result->layers[i]), maps_of(layer))));
    page.figures({{"content-alone.png", _("What this loss alone makes of noise. The deeper its layers, the less they see of fine "
                                          "detail and exact colours, which are then free.")}});
  }

  void explain_style() {
    page.heading(_("Style: what comes with what, wherever it is"));
    page.paragraph(_("The Gram matrix of a layer multiplies every two maps pixel by pixel and averages over the picture. It tells which "
                     "features come together and how strong they are, and forgets where: that is what is called style here."));
    page.formula("G_ij = Σ_p F_ip F_jp / N");
    page.paragraph(_("A model may mix the maps before this, always in the same way, so that a few strong ones do not drown the others; F "
                     "then stands for the mixtures, whose products can be negative (blue)."));
    page.paragraph(_("The style loss compares the matrix of the painting, G, with that of the style, S, at every style layer:"));
    page.formula("Σ (G − S)² / Σ S²");
    for (int32_t i = 0; i < content->layer_count; i++)
      if (content->layers[i].is_style_layer)
        explain_gram(i);
  }

  void explain_gram(int32_t index) {
    const pastiche_layer &target = style->layers[index];
    const std::string name = target.name;
    const float largest = largest_product(target);
    tell(sentence(_("Painting from noise with the style at %s alone."), name.c_str()));
    paint_alone("style-" + name + "-alone.png", 0, 1, target.name);
    save("gram-" + name + "-content.png", heat_map(content->layers[index], largest));
    save("gram-" + name + "-style.png", heat_map(target, largest));
    save("gram-" + name + "-painting.png", heat_map(result->layers[index], largest));
    page.subheading(name);
    page.figures({{"gram-" + name + "-content.png", sentence(_("The content's matrix: its distance to the style's is %.3f."),
                                                             distance(gram_of(content->layers[index]), gram_of(target)))},
                  {"gram-" + name + "-style.png", _("The style's matrix.")},
                  {"gram-" + name + "-painting.png", sentence(_("The painting's matrix: its distance to the style's is %.3f."),
                                                              distance(gram_of(result->layers[index]), gram_of(target)))},
                  {"style-" + name + "-alone.png", _("What the style's matrix of this layer alone makes of noise.")}});
  }

  void explain_losses() {
    page.heading(_("How the losses fall"));
    page.paragraph(_("The painting begins small, where large shapes are found with little work, and is enlarged again and again. At every "
                     "step all pixels move a little so that the sum of the losses falls."));
    page.figures({{"losses.svg", _("The losses of the painting above.")}});
  }

  void explain_brush_work(const pastiche_image &places) {
    const auto [marked, sources] = patches(painted, style->image, places);
    save("patches-painting.png", raster::Pixels(marked));
    save("patches-style.png", raster::Pixels(sources));
    save("places.png", places_map(places));
    save("places-style.png", places_key(style->image.width, style->image.height));
    page.heading(_("Brush-work: whose paint it is"));
    page.paragraph(_("At the end every small patch of the painting is replaced by the patch of the style that looks most like it, so that "
                     "all paint is the style's own. No place of the style is used much more often than others."));
    page.figures({{"patches-painting.png", _("Some patches of the painting …")},
                  {"patches-style.png", _("… and where in the style each of them was taken from, in the same colour.")}});
    page.figures({{"places.png", _("The same of every pixel: its colour says where in the style its paint lies. Areas of one colour were "
                                   "taken in one piece.")},
                  {"places-style.png", _("The style's places in these colours.")}});
  }

  const PaintingLine &line;
  const pastiche::Core &core;
  batch::Job work;
  StopRequests stop;
  Progress progress;
  std::vector<plot::StepLosses> steps; // of the painting at hand
  pastiche_image painted{};
  Features content{nullptr, core.features_free}, style{nullptr, core.features_free}, result{nullptr, core.features_free};
  std::vector<std::pair<std::string, raster::Pixels>> drawn; // by the names of their files
  std::string plot;
  Page page{_("How this picture was painted")};
};

HelpPage page() {
  return {
      .command = "explain",
      .usage = _("Usage: pastiche explain CONTENT --style STYLE --output-dir FOLDER [OPTION…]"),
      .blocks =
          {
              Paragraph{
                  _("Paints as “pastiche stylize” does and writes a page, index.html, that shows how the painting came about: what the "
                    "network sees in the photograph, in the style and in the painting at every layer, the Gram matrices, what each loss "
                    "alone makes of noise, how the losses fell, and from where in the style the paint was taken.")},
              Entry{"--output-dir FOLDER",
                    _("The folder that is made for the page and its pictures. It may be there already if it is empty."), folders()},
              Entry{"--size PIXELS", sentence(_("Longest side of the pictures. From 0 to %d, by default %d."), 32768, explained_size)},
              help_entry(),
              Paragraph{_(
                  "One style can be explained, without --mask. The other options are those of “pastiche stylize --help”, but for the files "
                  "that it reads and writes.")},
          },
      .options_of = "stylize"};
}

std::vector<Form> forms() {
  std::vector<Form> forms = painting_forms();
  forms.push_back({"--output-dir"});
  return forms;
}

int run(const Typed &typed) {
  PaintingLine line;
  line.options.size = explained_size;
  set(line, typed);
  if (line.styles.size() > 1 || !line.styles.front().mask.empty())
    throw UsageError(_("Only one --style can be explained, and without --mask."));
  const std::string output_dir = typed.value_of("output-dir").value_or("");
  if (output_dir.empty())
    throw UsageError(sentence(_("%s is missing; see “pastiche %s --help”."), "--output-dir", explain_command.name));
  const fs::path folder = empty_folder(output_dir);
  // One that is there already stays: it may be a mount point, or where the shell is, or its parent may not be changed.
  const bool exists = fs::exists(folder);
  const std::string target = exists ? folder / page_name : folder; // what appears at last
  {
    const pastiche::Workspace probe(target); // tells whether it can be written
  }

  const batch::Gegl gegl;
  const batch::Pictures pictures(line, batch::Pictures::Extent::whole);
  if (!line.quiet)
    for (const std::string &note : pictures.notes)
      std::fprintf(stderr, "pastiche: %s\n", note.c_str());
  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(fault);
  Explanation explanation(line, *core, pictures);
  try {
    explanation.make();
  } catch (const Stopped &) {
    std::fprintf(stderr, "%s\n", _("Stopped; nothing was written."));
    return 130;
  }

  pastiche::Workspace workspace(target);
  const fs::path made = exists ? fs::path(workspace.file()).parent_path() : fs::path(workspace.file());
  if (!exists && mkdir(made.c_str(), 0777) != 0)
    throw Failure(sentence(_("“%s” cannot be written: %s."), shown(target).c_str(), std::strerror(errno)));
  explanation.write(made);
  if (exists)
    move_pictures(made, folder);
  workspace.publish();
  if (!line.quiet)
    std::printf(_("Open “%s” in a browser.\n"), shown(folder / page_name).c_str());
  return 0;
}

} // namespace

const Command explain_command{
    .name = "explain",
    .summary = N_("Shows in pictures how a painting comes about; see “pastiche explain --help”."),
    .page = page,
    .usage = {.words = Usage::Words::one, .word = "CONTENT", .forms = forms, .run = run},
};

} // namespace cli
