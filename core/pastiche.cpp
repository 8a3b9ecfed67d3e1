// SPDX-License-Identifier: GPL-3.0-or-later
// The C door: checks what comes in, lets no exception out.
#include "pastiche.h"

#include <cstdio>
#include <new>

#include <torch/version.h>

#include "error.h"
#include "options.h"
#include "stylize.h"

struct pastiche_result {
  pastiche::Outcome outcome;
};

namespace {

pastiche_status fail(pastiche_status status, const char *sentence, pastiche_error *error) {
  if (error)
    std::snprintf(error->message, sizeof error->message, "%s", sentence);
  return status;
}

pastiche_status fail_for_memory(pastiche_error *error) {
  return fail(PASTICHE_OUT_OF_MEMORY, _("There is not enough memory for this size; choose a smaller detail size."), error);
}

} // namespace

int pastiche_abi() { return PASTICHE_ABI; }

const char *pastiche_version() { return PASTICHE_VERSION " (LibTorch " TORCH_VERSION ")"; }

void pastiche_options_init(pastiche_options *options) { pastiche::set_defaults(*options); }

pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  *result = nullptr;
  try {
    if (job->struct_size != sizeof *job || job->options.struct_size != sizeof job->options)
      throw pastiche::Error(PASTICHE_INVALID_ARGUMENT,
                            _("The program and its painting engine are of different versions; install both from the same version."));
    *result = new pastiche_result{pastiche::stylize(*job)};
    return (*result)->outcome.stopped ? PASTICHE_STOPPED : PASTICHE_DONE;
  } catch (const pastiche::Error &failure) {
    return fail(failure.status(), failure.what(), error);
  } catch (const c10::OutOfMemoryError &) {
    return fail_for_memory(error);
  } catch (const std::bad_alloc &) {
    return fail_for_memory(error);
  } catch (const std::exception &failure) {
    // LibTorch's allocator on the CPU throws its general error; only the text tells.
    const std::string text = failure.what();
    if (text.find("not enough memory") != std::string::npos || text.find("can't allocate memory") != std::string::npos)
      return fail_for_memory(error);
    const std::string first_line = text.substr(0, text.find('\n'));
    return fail(PASTICHE_INTERNAL,
                pastiche::sentence(_("The painting engine failed (%s); please report this."), first_line.c_str()).c_str(), error);
  } catch (...) {
    return fail(PASTICHE_INTERNAL, _("The painting engine failed for an unknown reason."), error);
  }
}

pastiche_image pastiche_result_image(const pastiche_result *result) {
  return {result->outcome.width, result->outcome.height, result->outcome.rgba.data()};
}

const char *pastiche_result_report(const pastiche_result *result) { return result->outcome.report.c_str(); }

void pastiche_result_free(pastiche_result *result) { delete result; }
