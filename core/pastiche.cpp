// SPDX-License-Identifier: GPL-3.0-or-later
// The C door: checks what comes in, lets no exception out.
#include "pastiche.h"

#include <cstdio>
#include <cstring>

#include <torch/version.h>

#include "about.h"
#include "error.h"
#include "featuremaps.h"
#include "host/options.h"
#include "memory.h"
#include "stylize.h"
#include "threads.h"

struct pastiche_result {
  pastiche::Outcome outcome;
};

namespace {

struct OwnedFeatures : pastiche_features {
  explicit OwnedFeatures(pastiche::ExtractedFeatures &&extracted) : pastiche_features{}, values(std::move(extracted)) {
    struct_size = sizeof(pastiche_features);
    layer_count = static_cast<int32_t>(values.layers.size());
    layers = values.layers.data();
    image = {values.width, values.height, values.rgba.data()};
  }
  pastiche::ExtractedFeatures values;
};

pastiche_status fail(pastiche_status status, const char *sentence, pastiche_error *error) {
  if (error) {
    // Where the sentence is too long, it is not cut within a character.
    size_t length = strnlen(sentence, sizeof error->message);
    if (length == sizeof error->message)
      do
        --length;
      while ((sentence[length] & 0xC0) == 0x80);
    std::memcpy(error->message, sentence, length);
    error->message[length] = '\0';
  }
  return status;
}

pastiche_status fail_for_memory(pastiche_error *error) {
  return fail(PASTICHE_OUT_OF_MEMORY, _("There is not enough memory for this size; choose a smaller detail size."), error);
}

void check_version(bool same) {
  if (!same)
    throw pastiche::Error(PASTICHE_INVALID_ARGUMENT,
                          _("The program and its painting engine are of different versions; install both from the same version."));
}

// Does the work and turns whatever it throws into a status and a sentence.
template <class Work> pastiche_status guarded(const pastiche_job *job, pastiche_error *error, const Work &work) {
  try {
    check_version(job->struct_size == sizeof *job && job->options.struct_size == sizeof job->options);
    pastiche::use_idle_cores();
    return work();
  } catch (const pastiche::Error &failure) {
    return fail(failure.status(), failure.what(), error);
  } catch (const pastiche::Failure &failure) { // a model that is gone meanwhile
    return fail(PASTICHE_BAD_MODEL, failure.what(), error);
  } catch (const std::exception &failure) {
    if (pastiche::is_out_of_memory(failure))
      return fail_for_memory(error);
    const std::string text = pastiche::reason_of(failure), first_line = text.substr(0, text.find('\n'));
    return fail(PASTICHE_INTERNAL,
                pastiche::sentence(_("The painting engine failed, and says: “%s”. Please report this."), first_line.c_str()).c_str(),
                error);
  } catch (...) {
    return fail(PASTICHE_INTERNAL, _("The painting engine failed for an unknown reason."), error);
  }
}

} // namespace

int pastiche_abi() { return PASTICHE_ABI; }

const char *pastiche_version() { return PASTICHE_VERSION " (LibTorch " TORCH_VERSION ")"; }

const char *pastiche_about() {
  try {
    pastiche::use_idle_cores();
    static const std::string text = pastiche::about();
    return text.c_str();
  } catch (...) {
    return nullptr;
  }
}

void pastiche_options_init(pastiche_options *options) { pastiche::set_defaults(*options); }

pastiche_status pastiche_estimate_job(const pastiche_job *job, pastiche_estimate *estimate, pastiche_error *error) {
  return guarded(job, error, [&] {
    check_version(estimate->struct_size == sizeof *estimate);
    pastiche::estimate(*job, *estimate);
    return PASTICHE_DONE;
  });
}

pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error) {
  *result = nullptr;
  return guarded(job, error, [&] {
    *result = new pastiche_result{pastiche::stylize(*job)};
    return (*result)->outcome.stopped ? PASTICHE_STOPPED : PASTICHE_DONE;
  });
}

pastiche_status pastiche_extract_features(const pastiche_job *job, pastiche_picture picture, pastiche_features **features,
                                          pastiche_error *error) {
  *features = nullptr;
  return guarded(job, error, [&] {
    *features = new OwnedFeatures(pastiche::extract_features(*job, picture));
    return PASTICHE_DONE;
  });
}

void pastiche_features_free(pastiche_features *features) { delete static_cast<OwnedFeatures *>(features); }

pastiche_image pastiche_result_image(const pastiche_result *result) {
  return {result->outcome.width, result->outcome.height, result->outcome.rgba.data()};
}

pastiche_image pastiche_result_places(const pastiche_result *result) {
  const pastiche::Outcome &outcome = result->outcome;
  return {outcome.places_width, outcome.places_height, outcome.places.empty() ? nullptr : outcome.places.data()};
}

const char *pastiche_result_report(const pastiche_result *result) { return result->outcome.report.c_str(); }

void pastiche_result_free(pastiche_result *result) { delete result; }
