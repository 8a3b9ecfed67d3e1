// SPDX-License-Identifier: GPL-3.0-or-later
#include "worker.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <sstream>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "batch/paint/motion.h"
#include "batch/paint/outofmemory.h"
#include "batch/paint/paint.h"
#include "batch/paint/pictures.h"
#include "console/stop.h"
#include "host/door.h"
#include "modelhash.h"
#include "raster/picture.h"

namespace batch {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::sentence;

// Frames that start from the result of the one before, moved along with what has moved, are painted at their own size only: the coarse
// scales would make the large strokes anew, each time in other places. A quarter of the steps is enough for what is new; with more of them
// as much changed elsewhere.
constexpr int warm_scales = 1;
constexpr int warm_share = 4;

// In a dissolve every frame resembles the one before, so that none begins a scene; but a few steps at one scale do not paint over what the
// painting has of the old one. So a frame is painted anew as well when its loss is clearly above the least of its scene, and, at every
// so many frames, when it shows something else than the frame twice as many before: a dissolve that one look sees the middle of is whole
// for the next. It is kept if it is clearly better: the scene may only have become harder to paint, or the camera gone on.
constexpr size_t frames_to_a_look = 24;
constexpr double clearly = 1.1;

// --- in the worker ----------------------------------------------------------------------------------------------------------------

// Each as a line of JSON.
void tell(int news, const Json &message) {
  const std::string text = message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(news, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR)
      _exit(1); // nobody is there to hear it
    written += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
}

class Teller : public Onlooker {
public:
  Teller(int news, cli::StopRequests &stop) : news(news), stop(stop) {}

  void note(const std::vector<std::string> &sentences) override { notes.insert(notes.end(), sentences.begin(), sentences.end()); }
  void begin(int, int) override {}
  bool step(const pastiche_step &step) override {
    loss = step.total_loss;
    if (const auto now = std::chrono::steady_clock::now(); now - told > 300ms) {
      told = now;
      tell(news, {{"progress", step.progress}});
    }
    return !stop.stop_asked();
  }
  bool finish(bool stopped) override {
    turned_down = !stopped && loss > limit;
    if (!stopped && !turned_down)
      stop.hold();
    return !stopped && !turned_down;
  }

  std::vector<std::string> notes;
  double loss = 0;                                        // of the last step
  double limit = std::numeric_limits<double>::infinity(); // a painting with a higher loss is not written
  bool turned_down = false;                               // it was

private:
  int news;
  cli::StopRequests &stop;
  std::chrono::steady_clock::time_point told{};
};

// So that the peak that is told is that of the picture, not of one before it.
void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

// The picture at the place as it is to be painted, from the result of the frame `start` if there is one.
Painting painting_of(const Workshop &workshop, const Place &place, std::optional<size_t> start) {
  Painting painting = workshop.plan[place.series][place.frame].painting(workshop.folder);
  pastiche_options &options = painting.options;
  if (const int32_t memory = place.alone ? workshop.capacity.whole_memory : workshop.capacity.memory; memory > 0)
    options.memory = memory;
  if (start) {
    const Task &before = workshop.plan[place.series][*start];
    painting.start_image = before.path(workshop.folder);
    painting.start_content = before.content;
    options.scales = warm_scales;
    options.steps = options.steps > 0 ? std::max(1, options.steps / warm_share) : 0;
  }
  return painting;
}

Json line_of(const Painted &painted, const std::vector<std::string> &notes) {
  Json line{{"status", "done"}};
  for (const auto &[name, value] : painted.report.items())
    if (name != "content" && name != "output" && name != "scales" && name != "notes" && name != "stopped" && name != "seconds")
      line[name == "total_seconds" ? "seconds" : name] = value;
  if (const auto scales = painted.report.find("scales"); scales != painted.report.end() && !scales->empty())
    line["total_loss"] = scales->back()["total_loss"];
  line["model_sha256"] = hash_of_model(painted.report.value("model_file", ""));
  if (!notes.empty())
    line["notes"] = notes;
  return line;
}

// Whether a frame shows something else than the one before, so that nothing of its painting can be used.
bool begins_scene(const Task &before, const Task &now, int size) {
  try {
    const raster::Size there = raster::size_of(before.content, size), here = raster::size_of(now.content, size);
    if (there.width != here.width || there.height != here.height)
      return true;
    constexpr int enough_to_tell = 256;
    // Reduced again, sizes that were the same can differ by rounding.
    const raster::Pixels shown_before = raster::load(before.content, enough_to_tell).pixels;
    const raster::Pixels shown_now = raster::load(now.content, enough_to_tell).pixels;
    return shown_before.width != shown_now.width || shown_before.height != shown_now.height ||
           !motion().is_same_scene(shown_before, shown_now);
  } catch (const std::exception &) {
    return false; // it will be told when the frame is to be painted
  }
}

// Nothing when it was stopped or turned down.
std::optional<Json> paint_picture(const Painting &painting, Teller &teller) {
  std::string error;
  bool out_of_memory = false;
  try {
    const Painted painted = batch::paint(painting, teller);
    if (painted.stopped || teller.turned_down)
      return {};
    return line_of(painted, teller.notes);
  } catch (const std::bad_alloc &) {
    error = _("There is not enough memory for these pictures; choose a smaller --size.");
    out_of_memory = true;
  } catch (const OutOfMemory &failure) {
    error = failure.what();
    out_of_memory = true;
  } catch (const std::exception &failure) {
    error = pastiche::reason_of(failure);
  }
  Json failed{{"status", "failed"}, {"error", error}};
  if (out_of_memory)
    failed["out_of_memory"] = true; // for the process that has this worker
  return failed;
}

// As it is to be, by itself or from the frame before; nothing when it was stopped.
std::optional<Json> paint_place(const Workshop &workshop, const Place &place, int news, cli::StopRequests &stop) {
  const Task &task = workshop.plan[place.series][place.frame];
  const int size = task.how->options.size;
  const auto paint = [&](std::optional<size_t> start, Teller &teller) {
    auto line = paint_picture(painting_of(workshop, place, start), teller);
    if (line && line->at("status") == "done" && workshop.plan[place.series].size() > 1 && teller.loss > 0 && std::isfinite(teller.loss))
      (*line)["scene_loss"] = teller.loss;
    return line;
  };
  Teller anew(news, stop);
  if (!place.start)
    return paint({}, anew);
  anew.note({_("A new scene begins here, so the frame does not start from the one before.")});
  if (begins_scene(workshop.plan[place.series][*place.start], task, size))
    return paint({}, anew);

  Teller moved(news, stop);
  auto line = paint(place.start, moved);
  if (!line || !line->contains("scene_loss"))
    return line;
  const auto shows_something_else = [&] {
    const size_t earlier = place.frame - std::min(place.frame, 2 * frames_to_a_look);
    return place.frame % frames_to_a_look == 0 && begins_scene(workshop.plan[place.series][earlier], task, size);
  };
  const bool has_grown = place.scene_loss > 0 && moved.loss > clearly * place.scene_loss;
  if (place.scene_loss > 0)
    (*line)["scene_loss"] = std::min(place.scene_loss, moved.loss);
  if (!has_grown && !shows_something_else())
    return line;
  anew.limit = moved.loss / clearly;
  const auto other = paint({}, anew);
  return anew.turned_down || (other && other->at("status") != "done") ? line : other;
}

// A whole line at a time; empty at the end.
std::string next_order(std::FILE *orders) {
  char *line = nullptr;
  size_t size = 0;
  const ssize_t length = getline(&line, &size, orders);
  const std::string order = length > 0 ? std::string(line, static_cast<size_t>(length)) : "";
  std::free(line);
  return order;
}

void work(const Workshop &workshop, int orders, int news) {
  const Gegl gegl;
  std::string fault;
  if (!pastiche::open_core(fault)) {
    tell(news, {{"fault", fault}});
    return;
  }
  cli::StopRequests stop;
  std::FILE *file = fdopen(orders, "r");
  for (std::string order; !stop.stop_asked() && !(order = next_order(file)).empty();) {
    std::istringstream words(order);
    Place place{};
    words >> place.series >> place.frame >> place.alone;
    if (size_t start = 0; words >> start >> place.scene_loss)
      place.start = start;
    forget_peak_memory();
    const auto begin = std::chrono::steady_clock::now();
    auto line = paint_place(workshop, place, news, stop);
    if (!line)
      return;
    if (line->contains("seconds")) // of all that it was painted for, not only of the last painting
      (*line)["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    tell(news, {{"line", *line}});
  }
}

void set_environment(const Capacity &capacity, int number) {
  // What the user has set stays.
  setenv("OMP_NUM_THREADS", std::to_string(capacity.threads).c_str(), false);
  if (capacity.cards > 1) {
    const char *visible = std::getenv("CUDA_VISIBLE_DEVICES");
    std::istringstream cards(visible ? visible : "");
    std::string card = std::to_string(number % capacity.cards);
    for (int i = 0; visible && i <= number % capacity.cards; i++)
      std::getline(cards, card, ',');
    setenv("CUDA_VISIBLE_DEVICES", card.c_str(), true);
  }
}

} // namespace

// --- in the process that has workers ----------------------------------------------------------------------------------------------

Worker::Worker(const Workshop &workshop, int number, const std::function<void()> &leave) {
  std::array<int, 2> orders{-1, -1}, news{-1, -1};
  std::fflush(nullptr);
  const pid_t parent = getpid();
  if (pipe2(orders.data(), O_CLOEXEC) == 0 && pipe2(news.data(), O_CLOEXEC) == 0)
    process = fork();
  if (process < 0) {
    const std::string why = std::strerror(errno);
    for (const int end : {orders[0], orders[1], news[0], news[1]})
      if (end >= 0)
        close(end);
    throw Failure(sentence(_("No process can be started: %s."), why.c_str()));
  }
  if (process == 0) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
      _exit(1);
    cli::forget_signals(true);
    close(orders[1]);
    close(news[0]);
    leave();
    set_environment(workshop.capacity, number);
    try {
      work(workshop, orders[0], news[1]);
    } catch (...) {
      _exit(1); // what is up the stack belongs to the parent, such as the other workers, which would be ended
    }
    _exit(0);
  }
  close(orders[0]);
  close(news[1]);
  to = orders[1];
  from = news[0];
  fcntl(from, F_SETFL, O_NONBLOCK);
}

Worker::~Worker() {
  if (to >= 0)
    close(to);
  close(from);
  if (process > 0) {
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
}

void Worker::paint(const Place &place) {
  painting = place;
  std::string order = sentence("%zu %zu %d", place.series, place.frame, place.alone);
  if (place.start)
    order += sentence(" %zu %.17g", *place.start, place.scene_loss);
  order += "\n";
  // Shorter than what a pipe takes at once. A worker that has died is found out when it is listened to.
  if (write(to, order.data(), order.size()) < 0)
    return;
}

void Worker::stop() {
  kill(process, SIGTERM);
  if (to >= 0)
    close(to);
  to = -1;
}

Worker::News Worker::hear() {
  News news;
  std::array<char, 1 << 14> block{};
  ssize_t count = 0;
  while ((count = read(from, block.data(), block.size())) > 0)
    heard.append(block.data(), static_cast<size_t>(count));
  news.ended = count == 0;
  for (size_t end = 0; (end = heard.find('\n')) != std::string::npos; heard.erase(0, end + 1)) {
    const Json message = Json::parse(heard.substr(0, end));
    if (message.contains("fault"))
      news.fault = message["fault"];
    if (message.contains("progress"))
      news.progress = message["progress"];
    if (message.contains("line")) {
      news.line = message["line"];
      news.out_of_memory = news.line->erase("out_of_memory") > 0;
      painting.reset();
    }
  }
  return news;
}

void Worker::leave() const {
  if (to >= 0)
    close(to);
  close(from);
}

std::string Worker::end() {
  int status = 0;
  waitpid(process, &status, 0);
  process = -1;
  return WIFSIGNALED(status) ? sentence(_("signal %d, %s"), WTERMSIG(status), strsignal(WTERMSIG(status)))
                             : sentence(_("exit status %d"), WEXITSTATUS(status));
}

} // namespace batch
