// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "base/workspace.h"
#include "capacity.h"
#include "console/progress.h"
#include "console/stop.h"
#include "journal.h"
#include "plan.h"
#include "worker.h"

namespace batch {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using pastiche::Failure;
using pastiche::sentence;
using pastiche::shown;

class Run {
public:
  Run(const Settings &settings, bool quiet, const Plan &plan);

  int run();

private:
  // Of a series: how far it is.
  struct State {
    std::vector<std::string> fingerprints; // of its frames; those that come after `next` are guessed, see find_done()
    std::vector<bool> done;                // by an earlier batch
    size_t next = 0;                       // frame
    std::optional<size_t> last_good;       // frame that the next one starts from
    double scene_loss = 0;                 // of that frame
  };

  void find_done();
  void look_up(size_t series, size_t frame, std::optional<size_t> start);
  void skip_done(size_t series);
  std::optional<Place> next_in(size_t series);
  std::optional<Place> next_place(size_t series); // in this one, or in one that has not been begun
  bool is_busy(size_t worker) const { return workers[worker] && workers[worker]->place(); }
  void give_work();
  void give_work(size_t worker);
  void paint_alone(size_t worker);
  void listen(size_t worker);
  void finish(const Place &place, Json line);
  void end_of(size_t worker);
  void start_worker(size_t worker);
  void wait();
  void show();

  const Task &task(const Place &place) const { return plan[place.series][place.frame]; }

  const Settings &settings;
  const bool quiet;
  const std::vector<Series> &plan;
  const size_t faults; // of folders that cannot be read
  const std::string &folder;
  Journal journal;
  std::vector<State> states;
  size_t unstarted = 0; // series that has not been begun yet, and all after it

  size_t to_do = 0, painted = 0, failed = 0, skipped = 0;
  Clock::time_point start = Clock::now();
  cli::Progress progress;
  std::set<fs::path> made; // folders

  std::optional<Workshop> workshop;
  std::vector<std::unique_ptr<Worker>> workers; // null: it has ended
  std::deque<Place> too_large;                  // for the memory that a worker has beside others
  std::vector<double> shares;                   // of the picture that each of them paints
  std::vector<size_t> series_of;                // what each of them paints, or painted last; plan.size(): nothing yet
  cli::BlockedSignals blocked;
  cli::StopRequests stop;
  bool stopping = false;
};

Run::Run(const Settings &settings, bool quiet, const Plan &plan)
    : settings(settings), quiet(quiet), plan(plan.series), faults(plan.faults.size()), folder(settings.folder), journal(settings),
      progress(quiet) {
  find_done();
  remove_leftovers(plan, folder);
}

// What is known of a frame that starts from the result of the frame `start`.
void Run::look_up(size_t series, size_t frame, std::optional<size_t> start) {
  State &state = states[series];
  const Task &task = plan[series][frame];
  std::error_code ignored;
  state.fingerprints[frame] = fingerprint_of(task.painting(folder), start ? state.fingerprints[*start] : "");
  state.done[frame] = journal.painted(task.output) == state.fingerprints[frame] && fs::exists(task.path(folder), ignored);
}

// What a frame starts from is known only when those before it are painted. Until then, one that was not painted before is taken for a bad
// one, which changes nothing for those after it.
void Run::find_done() {
  for (size_t series = 0; series < plan.size(); series++) {
    State &state = states.emplace_back();
    state.fingerprints.resize(plan[series].size());
    state.done.resize(plan[series].size());
    std::optional<size_t> start;
    for (size_t frame = 0; frame < plan[series].size(); frame++) {
      look_up(series, frame, start);
      (state.done[frame] ? skipped : to_do)++;
      if (settings.sequence && journal.painted(plan[series][frame].output) == state.fingerprints[frame])
        start = frame;
    }
  }
}

// Goes on to the frame of a series that is to be painted next.
void Run::skip_done(size_t series) {
  State &state = states[series];
  const size_t frames = plan[series].size();
  for (; state.next < frames; state.next++) {
    const bool guessed = state.done[state.next];
    if (state.next > 0)
      look_up(series, state.next, state.last_good);
    const bool done = state.done[state.next];
    if (done && !guessed) {
      skipped++;
      to_do--;
    }
    // It starts from another picture than it did, and with it all that come after it.
    for (size_t frame = state.next; guessed && !done && frame < frames; frame++)
      if (frame == state.next || state.done[frame]) {
        state.done[frame] = false;
        skipped--;
        to_do++;
      }
    if (!done)
      return;
    if (settings.sequence) {
      state.last_good = state.next;
      state.scene_loss = journal.scene_loss(plan[series][state.next].output);
    }
  }
}

std::optional<Place> Run::next_in(size_t series) {
  skip_done(series);
  State &state = states[series];
  return state.next < plan[series].size() ? std::optional(Place{series, state.next++, state.last_good, state.scene_loss}) : std::nullopt;
}

std::optional<Place> Run::next_place(size_t series) {
  std::optional<Place> place = series < plan.size() ? next_in(series) : std::nullopt;
  while (!place && unstarted < plan.size())
    place = next_in(unstarted++);
  return place;
}

void Run::start_worker(size_t worker) {
  workers[worker] = std::make_unique<Worker>(*workshop, static_cast<int>(worker), [this] {
    journal.leave();
    for (const auto &other : workers)
      if (other)
        other->leave();
  });
}

// To all that have none. What is too large for its share of the memory is painted by itself, before anything else is begun, so that the
// frames of a video stay in their order.
void Run::give_work() {
  for (size_t worker = 0; worker < workers.size() && !stopping; worker++) {
    if (is_busy(worker))
      continue;
    const auto paints = [](const std::unique_ptr<Worker> &other) { return other && other->place(); };
    const auto paints_alone = [&](const std::unique_ptr<Worker> &other) { return paints(other) && other->place()->alone; };
    if (too_large.empty() && std::ranges::none_of(workers, paints_alone))
      give_work(worker);
    else if (!too_large.empty() && std::ranges::none_of(workers, paints))
      paint_alone(worker);
  }
}

void Run::paint_alone(size_t worker) {
  for (size_t other = 0; other < workers.size(); other++)
    if (other != worker)
      workers[other].reset(); // it has nothing to do, and memory
  if (!workers[worker])
    start_worker(worker);
  workers[worker]->paint(too_large.front());
  too_large.pop_front();
}

void Run::give_work(size_t worker) {
  auto place = next_place(series_of[worker]);
  for (; place; place = next_place(place->series)) {
    const fs::path parent = fs::path(task(*place).path(folder)).parent_path();
    try {
      if (task(*place).among_pictures && journal.painted(task(*place).output).empty())
        throw Failure(_("There is such a picture already, and no report tells that it is the result of a batch; move it away, or name the "
                        "results otherwise with --name."));
      if (made.insert(parent).second)
        pastiche::make_folder(parent);
      break;
    } catch (const Failure &failure) {
      made.erase(parent);
      finish(*place, {{"status", "failed"}, {"error", failure.what()}});
    }
  }
  if (!place)
    return;
  series_of[worker] = place->series;
  if (!workers[worker])
    start_worker(worker);
  workers[worker]->paint(*place);
}

void Run::finish(const Place &place, Json result) {
  const Task &task = this->task(place);
  journal.add(task, result, states[place.series].fingerprints[place.frame]);
  if (result["status"] == "done") {
    painted++;
    if (settings.sequence) {
      states[place.series].last_good = place.frame;
      states[place.series].scene_loss = result.value("scene_loss", 0.0);
    }
  } else {
    failed++;
    progress.clear();
    std::fprintf(stderr, _("pastiche: “%s” is not painted: %s\n"), shown(task.path(folder)).c_str(),
                 result["error"].get<std::string>().c_str());
  }
  skip_done(place.series); // now, so that it is known what is left when the batch is stopped
}

// A worker that was not asked to has ended: its picture is lost, and another one goes on. Without a picture it is not needed any more.
void Run::end_of(size_t worker) {
  const std::optional<Place> place = workers[worker]->place();
  const std::string end = workers[worker]->end();
  workers[worker].reset();
  shares[worker] = 0;
  if (stopping || !place)
    return;
  const fs::path path = task(*place).path(folder);
  pastiche::remove_abandoned_workspaces(path.parent_path(), [&path](const std::string &name) { return name == path.filename(); });
  finish(*place,
         {{"status", "failed"},
          {"error", sentence(_("The process that painted it has ended (%s); if memory was short, fewer --jobs or a smaller --size help."),
                             end.c_str())}});
  give_work();
}

void Run::listen(size_t worker) {
  Place place = workers[worker]->place().value_or(Place{});
  Worker::News news = workers[worker]->hear();
  if (!news.fault.empty())
    throw Failure(news.fault);
  if (news.progress)
    shares[worker] = *news.progress;
  if (news.line) {
    shares[worker] = 0;
    if (news.out_of_memory && !place.alone && workers.size() > 1) {
      place.alone = true;
      too_large.push_back(place);
    } else {
      finish(place, std::move(*news.line));
    }
    give_work();
  }
  if (news.ended)
    end_of(worker);
}

void Run::show() {
  const auto done = static_cast<double>(painted + failed);
  double share = done;
  for (const double part : shares)
    share += part;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (share > 0)
    progress.show(share / static_cast<double>(to_do), seconds / share * (static_cast<double>(to_do) - share));
}

void Run::wait() {
  std::vector<pollfd> news;
  std::vector<size_t> whose;
  for (size_t i = 0; i < workers.size(); i++)
    if (workers[i]) {
      news.push_back({workers[i]->news(), POLLIN, 0});
      whose.push_back(i);
    }
  const int ready = blocked.poll(news);
  if (stop.stop_asked() && !stopping) {
    stopping = true;
    for (const auto &worker : workers)
      if (worker)
        worker->stop();
  }
  for (size_t i = 0; i < news.size() && ready > 0; i++)
    if (news[i].revents)
      listen(whose[i]);
}

int Run::run() {
  if (to_do > 0) {
    std::vector<const Task *> at_once; // of every series that has something to do the first such picture
    for (size_t series = 0; series < plan.size(); series++)
      if (const auto first = std::ranges::find(states[series].done, false); first != states[series].done.end())
        at_once.push_back(&plan[series][static_cast<size_t>(first - states[series].done.begin())]);
    workshop.emplace(Workshop{plan, folder, find_capacity(at_once, folder, settings.jobs, blocked)});
    if (!quiet)
      std::fprintf(stderr, _("Pictures to paint: %zu, %d at a time; done already: %zu.\n"), to_do, workshop->capacity.workers, skipped);
    start = Clock::now();
    workers.resize(static_cast<size_t>(workshop->capacity.workers));
    shares.resize(workers.size());
    series_of.resize(workers.size(), plan.size());
    stopping = stop.stop_asked();
    give_work();
    const auto busy = [this](const std::unique_ptr<Worker> &worker) { return worker && (worker->place() || stopping); };
    while (std::ranges::any_of(workers, busy)) {
      wait();
      if (!stopping)
        show();
    }
    progress.clear();
  }
  if (!quiet)
    std::printf(_("Painted: %zu; done already: %zu; failed: %zu. “%s” tells about each.\n"), painted, skipped, failed,
                shown(journal.file()).c_str());
  if (painted + failed < to_do) {
    std::fprintf(stderr, "%s\n", _("Stopped; the same command goes on where this one ended."));
    return 130;
  }
  return failed > 0 || faults > 0;
}

void tell_of_array(const Settings &settings) {
  if (const char *task = std::getenv("SLURM_ARRAY_TASK_ID"); task && settings.shards == 1)
    std::fprintf(
        stderr, _("pastiche: This is task %s of a Slurm job array, and paints all pictures; --shard slurm would paint its part of them.\n"),
        task);
}

} // namespace

int paint_all(const Settings &settings, bool quiet) {
  if (!quiet)
    tell_of_array(settings);
  const Plan all = plan(settings);
  for (const std::string &fault : all.faults)
    std::fprintf(stderr, "pastiche: %s\n", fault.c_str());
  if (!quiet)
    for (const std::string &sentence : left_out_of(all))
      std::fprintf(stderr, "%s\n", sentence.c_str());
  pastiche::make_folder(settings.folder);
  return Run(settings, quiet, all).run();
}

} // namespace batch
