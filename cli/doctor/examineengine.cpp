// SPDX-License-Identifier: GPL-3.0-or-later
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/i18n.h"
#include "base/sentence.h"
#include "finding.h"
#include "host/door.h"
#include "surroundings.h"

namespace cli {
namespace {

using pastiche::sentence;

// Below this the pictures of an ordinary camera are painted in many small tiles.
constexpr int64_t ample_memory = int64_t{1} << 30;

const char *const get_openblas = "sudo apt install libopenblas0-openmp";

Finding model(const Surroundings &all) {
  if (all.model_file.empty())
    return {Health::missing, _("The built-in model, which belongs beside the painting engine, is not there; install Pastiche again.")};
  return {Health::well, sentence(_("The built-in model is “%s”."), all.model_file.c_str())};
}

Finding blas(const Surroundings &all) {
  const char *file = all.blas_file.c_str();
  if (all.blas == "reference")
    return {Health::slow,
            sentence(_("Matrices are multiplied by the reference BLAS (%s), which takes many times as long as OpenBLAS."), file),
            get_openblas};
  if (all.blas == "OpenBLAS" && all.blas_threads == "pthread")
    return {
        Health::slow,
        sentence(_("Matrices are multiplied by OpenBLAS with threads of its own (%s), which get in the way of LibTorch's; the flavour for "
                   "OpenMP is several times faster."),
                 file),
        std::string(get_openblas) + " libopenblas0-pthread-"};
  if (all.blas == "OpenBLAS" && all.blas_threads == "none")
    return {Health::slow,
            sentence(_("Matrices are multiplied by OpenBLAS on one core only (%s); the flavour for OpenMP uses all of them."), file),
            std::string(get_openblas) + " libopenblas0-serial-"};
  if (all.blas == "OpenBLAS" || all.blas == "MKL")
    return {Health::well, sentence(_("Matrices are multiplied by %s (%s)."), all.blas.c_str(), file)};
  return {Health::note, sentence(_("How fast matrices are multiplied cannot be told; it is done by “%s”."), file)};
}

Findings processor(const Surroundings &all) {
#ifdef __x86_64__
  const auto has = [&](const char *feature) { return std::ranges::find(all.cpu_features, feature) != all.cpu_features.end(); };
  if (!has("AVX2"))
    return {{Health::slow, _("The processor has no AVX2 instructions; painting takes several times as long as on newer ones.")}};
  if (!has("AVX-512"))
    return {{Health::well, _("The processor has AVX2 instructions; one with AVX-512 can be up to twice as fast.")}};
  return {{Health::well, _("The processor has AVX-512 instructions, which are fastest.")}};
#else
  static_cast<void>(all);
  return {};
#endif
}

Findings graphics_cards(const Surroundings &all) {
  Findings findings;
  for (const Device &device : all.devices)
    if (device.name != "cpu")
      findings.push_back(
          {Health::well, sentence(_("The graphics card %s (%s) is used."), device.name.c_str(), device.description.c_str())});
  if (findings.empty() && std::filesystem::exists("/proc/driver/nvidia/version"))
    findings.push_back(
        {Health::note, _("There is a graphics card from NVIDIA, but this LibTorch is not made for CUDA; Pastiche can be built "
                         "with one that is, see -Dlibtorch in its README.")});
  return findings;
}

Finding memory(const Surroundings &all) {
  const double gibibytes = static_cast<double>(all.memory_bytes) / (1 << 30);
  if (all.memory_bytes < ample_memory)
    return {Health::slow, sentence(_("Only %.1f GiB of memory can be used, so that pictures are worked on in many small tiles; close other "
                                     "programs, or paint with a smaller --size."),
                                   gibibytes)};
  return {Health::well, sentence(_("%.1f GiB of memory can be used."), gibibytes)};
}

int available_cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Findings threads() {
  if (const char *policy = std::getenv("OMP_WAIT_POLICY"); policy && std::string_view(policy) == "active")
    return {{Health::slow, _("OMP_WAIT_POLICY makes threads that wait keep the processor busy."), "unset OMP_WAIT_POLICY"}};
  const int cores = available_cores();
  const char *text = std::getenv("OMP_NUM_THREADS");
  if (!text || !*text)
    return {{Health::well, sentence(_("All cores that this program may use are used: %d."), cores)}};
  const char *const unset = "unset OMP_NUM_THREADS";
  const std::string_view value(text);
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  // A list tells the number for each level of nesting; only the first is ours.
  if (error != std::errc{} || number < 1 || (end != value.data() + value.size() && *end != ','))
    return {{Health::slow, sentence(_("OMP_NUM_THREADS is “%s”, which is no number of threads."), pastiche::shown(text).c_str()), unset}};
  if (number < cores)
    return {{Health::slow,
             sentence(dngettext(GETTEXT_PACKAGE, "OMP_NUM_THREADS lets only %d of %d core work.",
                                "OMP_NUM_THREADS lets only %d of %d cores work.", static_cast<unsigned>(cores)),
                      number, cores),
             unset}};
  if (number > cores)
    return {
        {Health::slow,
         sentence(dngettext(GETTEXT_PACKAGE, "OMP_NUM_THREADS asks for %d threads where there is %d core; they get in each other's way.",
                            "OMP_NUM_THREADS asks for %d threads where there are %d cores; they get in each other's way.",
                            static_cast<unsigned>(cores)),
                  number, cores),
         unset}};
  return {{Health::well, sentence(_("All cores that this program may use are used: %d."), cores)}};
}

} // namespace

Findings examine_engine() {
  std::string fault;
  const pastiche::Core *core = pastiche::open_core(fault);
  if (!core)
    return {{Health::missing, fault}};
  const Surroundings all = surroundings(*core);
  Findings findings{{Health::well, sentence(_("The painting engine is %s."), core->version())}, model(all), blas(all)};
  const auto add = [&](const Findings &more) { findings.insert(findings.end(), more.begin(), more.end()); };
  add(processor(all));
  add(graphics_cards(all));
  findings.push_back(memory(all));
  add(threads());
  return findings;
}

} // namespace cli
