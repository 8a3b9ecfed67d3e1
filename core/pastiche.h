/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door to Pastiche's core: everything the plug-in, the command line and other hosts may call.
 *
 * libpastiche-core.so is the only part of Pastiche that is linked with LibTorch. Hosts open it at run time
 * (core/door.h), so that they start at once and can say what is missing when LibTorch is not there. No C++ type and no
 * exception crosses this interface. Every struct begins with its own size, set by whoever fills it, so that fields can
 * be added at the end without breaking older hosts.
 *
 * Pixels are interleaved R, G, B, A floats, row after row without padding, top row first, in sRGB with its transfer
 * function (babl "R'G'B'A float"), alpha not premultiplied. Values outside 0..1 are clamped on entry.
 */
#ifndef PASTICHE_H
#define PASTICHE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PASTICHE_ABI 1
#define PASTICHE_EXPORT __attribute__((visibility("default")))

typedef enum pastiche_status {
  PASTICHE_DONE = 0,
  PASTICHE_STOPPED = 1,           /* the callback asked to stop; the result is the best image so far */
  PASTICHE_INVALID_ARGUMENT = -1, /* an option or image out of its range */
  PASTICHE_BAD_MODEL = -2,        /* the model is missing, unreadable, malformed or unfit */
  PASTICHE_OUT_OF_MEMORY = -3,
  PASTICHE_NO_DEVICE = -4, /* the device asked for is not there */
  PASTICHE_INTERNAL = -5
} pastiche_status;

typedef struct pastiche_error {
  char message[1024]; /* UTF-8, translated, one sentence a user can act on */
} pastiche_error;

typedef struct pastiche_image {
  int32_t width; /* pixels, at least 1 */
  int32_t height;
  const float *rgba; /* width * height * 4 values */
} pastiche_image;

typedef enum pastiche_color { PASTICHE_COLOR_STYLE = 0, PASTICHE_COLOR_CONTENT = 1 } pastiche_color;
typedef enum pastiche_optimizer { PASTICHE_ADAM = 0, PASTICHE_LBFGS = 1 } pastiche_optimizer;
typedef enum pastiche_device { PASTICHE_DEVICE_AUTO = 0, PASTICHE_DEVICE_CPU = 1, PASTICHE_DEVICE_CUDA = 2 } pastiche_device;
typedef enum pastiche_precision {
  PASTICHE_PRECISION_AUTO = 0, /* bfloat16 where the hardware multiplies it fast, else float32 */
  PASTICHE_FLOAT32 = 1,
  PASTICHE_BFLOAT16 = 2 /* features only; Gram sums, image and optimiser stay float32 */
} pastiche_precision;

/* Names, ranges, defaults and descriptions of these fields stand in core/options.cpp, once for every host. */
typedef struct pastiche_options {
  uint32_t struct_size;
  int32_t color;     /* pastiche_color */
  int32_t optimizer; /* pastiche_optimizer */
  int32_t device;    /* pastiche_device */
  int32_t precision; /* pastiche_precision */
  int32_t size;      /* pixels */
  int32_t steps;
  int32_t seed;
  double strength;
  double style_scale;
  double content_weight;
  double style_weight;
  double tv_weight;
  const char *model; /* a name or a path; NULL: the built-in model */
} pastiche_options;

/* What a step tells the host. Valid during the call only. */
typedef struct pastiche_step {
  uint32_t struct_size;
  int32_t scale; /* 1 = coarsest */
  int32_t scales;
  int32_t step; /* 1..steps, within this scale */
  int32_t steps;
  int32_t width; /* of the image at this scale, pixels */
  int32_t height;
  double progress;     /* 0..1 of the whole run's work, never falls */
  double seconds;      /* since the run began */
  double seconds_left; /* estimate; negative while unknown */
  double content_loss; /* weighted terms; their sum is total_loss */
  double style_loss;
  double tv_loss;
  double total_loss;
  pastiche_image frame; /* the current image, when one was due at this step; else frame.rgba is NULL */
} pastiche_step;

/* Called after every step on the thread that called pastiche_run. Return non-zero to stop. */
typedef int (*pastiche_step_callback)(const pastiche_step *step, void *user);

typedef struct pastiche_job {
  uint32_t struct_size;
  int32_t style_count; /* exactly 1 in this version */
  pastiche_image content;
  const pastiche_image *styles;
  pastiche_options options;
  pastiche_step_callback on_step; /* may be NULL */
  void *user;
  double frame_seconds; /* shortest time between two preview frames; 0: none */
} pastiche_job;

typedef struct pastiche_result pastiche_result;

/* PASTICHE_ABI of the library; a host refuses a library with another number. */
PASTICHE_EXPORT int pastiche_abi(void);

/* "0.1.0 (LibTorch 2.6.0)"; static storage. */
PASTICHE_EXPORT const char *pastiche_version(void);

/* Fills in the defaults of the option table. */
PASTICHE_EXPORT void pastiche_options_init(pastiche_options *options);

/* Paints job->content in the style of job->styles[0]. Blocks; one run at a time per process uses all cores.
 * On PASTICHE_DONE and PASTICHE_STOPPED *result is set and must be freed; otherwise *result is NULL and error (which
 * may be NULL) holds the sentence. The inputs are copied before the first callback. */
PASTICHE_EXPORT pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error);

/* The painted picture, of the content's width and height and with the content's alpha. Owned by the result. */
PASTICHE_EXPORT pastiche_image pastiche_result_image(const pastiche_result *result);

/* JSON object: model, device, precision, optimizer, seed, seconds, peak_bytes, stopped, and scales: a list of
 * {width, height, steps, seconds, content_loss, style_loss, tv_loss, total_loss} with the losses of the last step. Owned by the
 * result. Numbers do not depend on the locale. */
PASTICHE_EXPORT const char *pastiche_result_report(const pastiche_result *result);

PASTICHE_EXPORT void pastiche_result_free(pastiche_result *result);

#ifdef __cplusplus
}
#endif
#endif
