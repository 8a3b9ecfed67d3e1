/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door to Pastiche's core: everything the plug-in, the command line and other hosts may call.
 *
 * libpastiche-core.so is the only part of Pastiche that is linked with LibTorch. Hosts open it at run time
 * (host/door.h), so that they start at once and can say what is missing when LibTorch is not there. No C++ type and no
 * exception crosses this interface. Options, job, step, estimate and features begin with their own sizes, set by whoever fills them: a host
 * that was built with another version of this header is refused.
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

#define PASTICHE_ABI 9
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
  char message[1024]; /* UTF-8 but for paths, which are as they are; translated, one sentence a user can act on */
} pastiche_error;

typedef struct pastiche_image {
  int32_t width; /* pixels, at least 1 */
  int32_t height;
  const float *rgba; /* width * height * 4 values */
} pastiche_image;

/* How much each place counts, 0..1, row after row without padding, top row first. Values outside are clamped. Where the masks of all styles
 * add up to less than 1, the painting fades into the content. */
typedef struct pastiche_mask {
  int32_t width; /* any size; fitted to the content */
  int32_t height;
  const float *values; /* width * height */
} pastiche_mask;

typedef struct pastiche_style {
  pastiche_image image;
  double weight;             /* how much this style counts beside the others; at least 0, the sum above 0 */
  const pastiche_mask *mask; /* where in the content this style is painted; NULL: everywhere */
  int32_t whole;             /* not 0: it is used to its very edges; 0: without the plain border that scans have (core/plainborder.h) */
} pastiche_style;

typedef enum pastiche_color {
  PASTICHE_COLOR_STYLE = 0,              /* the style's colour distribution, whole */
  PASTICHE_COLOR_CONTENT = 1,            /* the content's hue and chroma under the painting's lightness */
  PASTICHE_COLOR_CONTENT_COVARIANCE = 2, /* the content's mean and covariance of colours */
  PASTICHE_COLOR_CONTENT_HISTOGRAM = 3,  /* the content's colour distribution, whole */
  PASTICHE_COLOR_FREE = 4                /* what the losses make of them */
} pastiche_color;
typedef enum pastiche_optimizer { PASTICHE_ADAM = 0, PASTICHE_LBFGS = 1, PASTICHE_GRADIENT_DESCENT = 2 } pastiche_optimizer;
typedef enum pastiche_start {
  PASTICHE_START_CONTENT = 0,
  PASTICHE_START_NOISE = 1,
  PASTICHE_START_FIRST = 2 /* the first picture (core/firstpicture.h) */
} pastiche_start;
typedef enum pastiche_match { PASTICHE_MATCH_STYLE = 0, PASTICHE_MATCH_CONTENT = 1 } pastiche_match;
typedef enum pastiche_normalization {
  PASTICHE_NORMALIZE_TARGET = 0, /* every loss is divided by a measure of its target */
  PASTICHE_NORMALIZE_NONE = 1    /* the losses as their papers have them; core/losses.h tells where not */
} pastiche_normalization;
typedef enum pastiche_pooling {
  PASTICHE_POOLING_MODEL = 0,  /* as the model has it */
  PASTICHE_POOLING_AVERAGE = 1 /* the mean where the model has the maximum */
} pastiche_pooling;
typedef enum pastiche_device { PASTICHE_DEVICE_AUTO = 0, PASTICHE_DEVICE_CPU = 1, PASTICHE_DEVICE_CUDA = 2 } pastiche_device;
typedef enum pastiche_precision {
  PASTICHE_PRECISION_AUTO = 0, /* float32 */
  PASTICHE_FLOAT32 = 1,
  PASTICHE_BFLOAT16 = 2 /* features only; Gram sums, image and optimiser stay float32 */
} pastiche_precision;

/* Names, ranges, defaults and descriptions of these fields stand in host/options.cpp, once for every host. */
typedef struct pastiche_options {
  uint32_t struct_size;
  int32_t color;         /* pastiche_color */
  int32_t optimizer;     /* pastiche_optimizer */
  int32_t start;         /* pastiche_start */
  int32_t match;         /* pastiche_match: whose features feature_weight and gradient_weight compare with */
  int32_t normalization; /* pastiche_normalization */
  int32_t pooling;       /* pastiche_pooling */
  int32_t device;        /* pastiche_device */
  int32_t precision;     /* pastiche_precision */
  int32_t size;          /* pixels */
  int32_t steps;         /* 0: nothing is optimised; the first picture is painted, whatever there is to start from */
  int32_t scales;        /* 0: as many as the size asks for */
  int32_t memory;        /* MiB that the process may use in all; 0: a share of what is free */
  int32_t history;       /* pairs that L-BFGS remembers */
  int32_t seed;
  double strength;
  double brush_work; /* how much of the paint is taken from the style pictures themselves (core/brushwork.h); 0: none */
  double style_scale;
  double content_weight;      /* ContentLoss in core/losses.h, and so on */
  double style_weight;        /* GramLoss */
  double mean_std_weight;     /* MeanStdLoss */
  double wasserstein_weight;  /* WassersteinLoss */
  double feature_weight;      /* FeatureLoss */
  double gradient_weight;     /* FeatureGradientLoss */
  double laplacian_weight;    /* LaplacianLoss */
  double tv_weight;           /* total_variation */
  double rate;                /* size of the first step, relative to the usual one */
  double averaging;           /* decay of the average of iterates; 0: none */
  double tolerance;           /* share of the loss; 0: every step is taken */
  const char *model;          /* a name or a path; NULL: the built-in model */
  const char *content_layers; /* "relu4_2" or "relu4_2:0.7 relu5_2:0.3"; NULL or empty: the model's own, equally */
  const char *style_layers;
  const char *feature_layers; /* for feature_weight and gradient_weight; empty: the style layers */
} pastiche_options;

/* What a step tells the host. Valid during the call only. */
typedef struct pastiche_step {
  uint32_t struct_size;
  int32_t scale; /* 1 = coarsest; 0: the first picture, scales + 1: brush-work and what the network changes of it, whose losses are 0 and
                    tell nothing */
  int32_t scales;
  int32_t step; /* 1..steps, within this scale */
  int32_t steps;
  int32_t width; /* of the image at this scale, pixels */
  int32_t height;
  double progress;     /* 0..1 of the whole run's work, never falls */
  double seconds;      /* since the run began */
  double seconds_left; /* estimate; negative while unknown */
  double content_loss; /* weighted terms; their sum is total_loss */
  double style_loss;   /* Gram, mean and standard deviation, Wasserstein */
  double feature_loss; /* features and their gradients */
  double laplacian_loss;
  double tv_loss;
  double total_loss;
  pastiche_image frame; /* the current image, when one was due at this step; else frame.rgba is NULL */
} pastiche_step;

/* Called after every step on the thread that called pastiche_run. Return non-zero to stop. */
typedef int (*pastiche_step_callback)(const pastiche_step *step, void *user);

typedef struct pastiche_job {
  uint32_t struct_size;
  int32_t style_count; /* 1 to PASTICHE_STYLES */
  pastiche_image content;
  const pastiche_style *styles;
  const pastiche_image *start; /* where the painting starts, instead of options.start: any size, the content where it is transparent; may be
                                  NULL */
  pastiche_options options;
  pastiche_step_callback on_step; /* may be NULL */
  void *user;
  double frame_seconds;   /* shortest time between two preview frames; 0: none */
  const char *checkpoint; /* file to write the unfinished run to, every minute and when it is stopped; may be NULL */
  const char *resume;     /* checkpoint to go on from, of a run with the same pictures and options; may be NULL */
  /* The content and, after it, every style once more, each read from its source in the same way whatever the size of the run: reduced to
   * about PASTICHE_OVERVIEW_SIDE² pixels (styles: times the square of style_scale, where that is above 1), or as it is when it is smaller.
   * The coarse scales are painted from them. They then come out the same at every size, and a small run shows what a large one will be:
   * optimisation makes the least difference in its pictures grow until it is seen. NULL: from the pictures above. */
  const pastiche_image *overviews;
  int32_t tell_places; /* not 0: pastiche_result_places is wanted */
} pastiche_job;

#define PASTICHE_OVERVIEW_SIDE 416

#define PASTICHE_STYLES 16

/* What a job will take on this machine. */
typedef struct pastiche_estimate {
  uint32_t struct_size;
  int32_t scales;
  int32_t width; /* at which the content is painted, pixels */
  int32_t height;
  int32_t tiles;      /* that the finest scale is worked in; 1: whole */
  int32_t tile_width; /* of the largest of them with its margin, pixels */
  int32_t tile_height;
  double seconds;
  int64_t peak_bytes;  /* of the process, with the pictures that the host holds */
  int64_t limit_bytes; /* what options.memory stands for */
  int64_t least_bytes; /* the smallest limit with which this job can be done */
  int32_t memory_only; /* set by the host: not 0: the seconds are not wanted, and nothing has to be measured; they are 0 then */
} pastiche_estimate;

typedef struct pastiche_result pastiche_result;

/* Which of a job's pictures the network looks at. */
typedef enum pastiche_picture { PASTICHE_CONTENT = 0, PASTICHE_FIRST_STYLE = 1, PASTICHE_START = 2 } pastiche_picture;

/* What the network sees of a picture at one layer. */
typedef struct pastiche_layer {
  const char *name;         /* "relu4_2" */
  int32_t is_content_layer; /* 1: the content loss compares its maps; else 0 */
  int32_t is_style_layer;   /* 1: the style losses compare its statistics; else 0 */
  int32_t channels;
  int32_t width; /* of a map, pixels */
  int32_t height;
  const float *maps; /* channels * height * width: one map after the other, each row after row, top row first */
  int32_t gram_size; /* rows of gram: channels, or as many as the model mixes them into before style losses compare them (its lens) */
  const float *gram; /* gram_size * gram_size, symmetric: the means of the products of every two of those (Statistics in core/losses.h) */
} pastiche_layer;

/* Owned by the core. */
typedef struct pastiche_features {
  uint32_t struct_size;
  int32_t layer_count;
  const pastiche_layer *layers; /* the style layers in the order of the options, then the content layers that are not among them */
  pastiche_image image;         /* what the network was shown */
} pastiche_features;

/* PASTICHE_ABI of the library; a host refuses a library with another number. */
PASTICHE_EXPORT int pastiche_abi(void);

/* "0.1.0 (LibTorch 2.6.0)"; static storage. */
PASTICHE_EXPORT const char *pastiche_version(void);

/* What the library runs on, as a JSON object: version, libtorch ("2.6.0"), blas: {name: "OpenBLAS", "MKL", "reference" or "unknown", file:
 * where its matrix product comes from, threads: "openmp", "pthread", "none" or "" where that cannot be told, build: what OpenBLAS says of
 * itself, if it is that}, cpu_features: those of "AVX2", "AVX-512", "AVX-512 BF16" and "AMX BF16" that are there, threads: how many
 * LibTorch uses, devices: a list of {name: "cpu" or "cuda:0", description: "" where it cannot be told}, memory_bytes: what options.memory 0
 * stands for now, and model_file: the built-in model's path, "" where it is missing. Found out at the first call; static storage. NULL
 * when there is no memory for it. */
PASTICHE_EXPORT const char *pastiche_about(void);

/* Fills in the defaults of the option table. */
PASTICHE_EXPORT void pastiche_options_init(pastiche_options *options);

/* The features of one of the job's pictures as the losses of its finest scale see them: at the size that is painted (a style: of the same
 * area, times style_scale squared), in the colours that content and style are brought to, with what is transparent filled and not
 * counted in `gram`. With job->start a finished painting can be looked at; it is fitted to the content. Masks are not looked at, nor the
 * overviews. Holds all maps at once: 4 bytes for each of their values.
 * On PASTICHE_DONE *features is set and must be freed; otherwise it is NULL and error (which may be NULL) holds the sentence. */
PASTICHE_EXPORT pastiche_status pastiche_extract_features(const pastiche_job *job, pastiche_picture picture, pastiche_features **features,
                                                          pastiche_error *error);

PASTICHE_EXPORT void pastiche_features_free(pastiche_features *features);

/* What a job will take. Measures a few small steps, so that it takes about a second; the next time it knows them unless the network or
 * the losses are others. The pixels of the pictures are not looked at and may be NULL. */
PASTICHE_EXPORT pastiche_status pastiche_estimate_job(const pastiche_job *job, pastiche_estimate *estimate, pastiche_error *error);

/* Paints job->content in the style of job->styles. Blocks; one run at a time per process uses all cores.
 * On PASTICHE_DONE and PASTICHE_STOPPED *result is set and must be freed; otherwise *result is NULL and error (which
 * may be NULL) holds the sentence. The job and the content's
 * pixels must stay until pastiche_run returns; the pixels of all other pictures are copied before the first callback. */
PASTICHE_EXPORT pastiche_status pastiche_run(const pastiche_job *job, pastiche_result **result, pastiche_error *error);

/* The painted picture, of the content's width and height and with the content's alpha. Where all masks are 0, and at strength 0, its pixels
 * are the content's, unclamped. Owned by the result. */
PASTICHE_EXPORT pastiche_image pastiche_result_image(const pastiche_result *result);

/* Where brush-work took its paint from, when job.tell_places was set, of the size that it was done at: red and green are the place in the
 * first painted style (without its plain border), 0 left and top, 1 right and bottom; blue is 0; alpha is 1 where it painted, and where not
 * all is 0. rgba is NULL when there is none. Owned by the result. */
PASTICHE_EXPORT pastiche_image pastiche_result_places(const pastiche_result *result);

/* JSON object: model, model_file (its path), device, precision, optimizer, seed, seconds, peak_bytes, evaluations, stopped, notes: a list
 * of translated sentences about what went other than asked for (a smaller tile, another device), and scales: a list of {width, height,
 * tiles, steps, seconds, content_loss, style_loss, feature_loss, laplacian_loss, tv_loss, total_loss, history} with the losses of the
 * image that was kept, and in history the list of total losses after every step; where there was a first picture or brush-work,
 * first_picture and brush_work: {width, height, seconds}, the latter with retouching, as a scale is told, when the network went over it
 * once more. Owned by the result. Numbers do not depend on the locale.
 */
PASTICHE_EXPORT const char *pastiche_result_report(const pastiche_result *result);

PASTICHE_EXPORT void pastiche_result_free(pastiche_result *result);

#ifdef __cplusplus
}
#endif
#endif
