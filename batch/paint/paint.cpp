// SPDX-License-Identifier: GPL-3.0-or-later
#include "paint.h"

#include <chrono>
#include <memory>
#include <thread>

#include "host/door.h"
#include "job.h"
#include "outofmemory.h"
#include "pathinjson.h"
#include "pictures.h"
#include "raster/codecs.h"
#include "raster/destination.h"

namespace batch {
namespace {

using pastiche::Failure;

using Json = nlohmann::ordered_json;

struct Listener {
  Onlooker &onlooker;
  Pictures &pictures;
};

int on_step(const pastiche_step *step, void *user) {
  auto *listener = static_cast<Listener *>(user);
  listener->pictures.drop_others(); // the core has copied them by now
  return !listener->onlooker.step(*step);
}

} // namespace

Json options_as_json(const pastiche_options &options) {
  Json json;
  for (const pastiche::Option &option : pastiche::option_table())
    std::visit(pastiche::Overloaded{
                   [&](const pastiche::ChoiceOption &) { json[option.name] = value_of(option, options); },
                   [&](const auto &kind) { json[option.name] = options.*kind.field; },
               },
               option.kind);
  return json;
}

Json as_json(const raster::Crop &crop) { return {crop.x, crop.y, crop.width, crop.height}; }

Json styles_as_json(const std::vector<Style> &styles) {
  Json list = Json::array();
  for (const Style &style : styles) {
    Json json{{"file", path_in_json(style.picture)}, {"weight", style.weight}};
    if (!style.mask.empty())
      json["mask"] = path_in_json(style.mask);
    if (style.crop)
      json["style-crop"] = as_json(*style.crop);
    list.push_back(json);
  }
  return list;
}

Painted paint(const Painting &painting, Onlooker &onlooker) {
  const auto start = std::chrono::steady_clock::now();
  const raster::Destination destination(painting.output);
  // Opening the engine and decoding pictures each keep one core busy for about as long. No library is opened beside another, so that of
  // the decoders goes first.
  raster::codecs();
  const std::jthread opening([] {
    std::string ignored; // it is said when the engine is needed
    pastiche::open_core(ignored);
  });
  Pictures pictures(painting, Pictures::Extent::whole);
  raster::Picture &content = pictures.content;
  destination.check_size(content.pixels.width, content.pixels.height);
  onlooker.note(pictures.notes);

  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    throw Failure(fault);
  onlooker.begin(content.pixels.width, content.pixels.height);

  Listener listener{onlooker, pictures};
  Job work(painting, pictures);
  work.job.on_step = on_step;
  work.job.user = &listener;
  pastiche_error error{};
  pastiche_result *result = nullptr;
  const pastiche_status status = core->run(&work.job, &result, &error);
  const std::unique_ptr<pastiche_result, decltype(core->result_free)> owner(result, core->result_free);
  if (status == PASTICHE_OUT_OF_MEMORY)
    throw OutOfMemory(error.message);
  if (status < 0)
    throw Failure(error.message);

  const pastiche_image painted = core->result_image(result);
  const bool stopped = status == PASTICHE_STOPPED;
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  if (!onlooker.finish(stopped))
    return {stopped, painted.width, painted.height, seconds(), {}};
  pictures.drop_content();
  const Json told = Json::parse(core->result_report(result));
  onlooker.note(told.value("notes", std::vector<std::string>()));
  // A gray photograph painted in its own colours is gray; in the style's it has become a colour picture.
  const bool gray = painting.options.color == PASTICHE_COLOR_CONTENT && babl_format_get_n_components(content.format) <= 2;
  onlooker.note(destination.save(painted, content, gray));

  Json report{{"pastiche", PASTICHE_VERSION}, {"content", path_in_json(painting.content)}, {"styles", styles_as_json(painting.styles)}};
  if (!painting.start_image.empty())
    report["start_image"] = path_in_json(painting.start_image);
  if (!painting.start_content.empty())
    report["start_content"] = path_in_json(painting.start_content);
  if (!painting.resume.empty())
    report["resume"] = path_in_json(painting.resume);
  report.update(Json{{"output", path_in_json(painting.output)},
                     {"width", painted.width},
                     {"height", painted.height},
                     {"total_seconds", seconds()},
                     {"options", options_as_json(painting.options)}});
  report.update(told);
  return {stopped, painted.width, painted.height, report["total_seconds"], std::move(report)};
}

} // namespace batch
