// SPDX-License-Identifier: GPL-3.0-or-later
#include "jpeg.h"

#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// jpeglib.h needs FILE and size_t declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include "core/i18n.h"
#include "error.h"
#include "sentence.h"

namespace raster {
namespace {

constexpr int quality = 95; // of 100: the picture is somebody's result, not a preview

struct CloseFile {
  void operator()(FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

// libjpeg's error manager with a way out that does not end the process. The functions that setjmp here own nothing that has a
// destructor, so that jumping out of libjpeg leaks and skips nothing.
struct Errors {
  jpeg_error_mgr manager; // first, so that libjpeg's pointer to it is a pointer to this
  std::jmp_buf way_out;
  char message[JMSG_LENGTH_MAX];
  bool cut_short;
  bool damaged;
};

Errors *errors_of(j_common_ptr jpeg) { return reinterpret_cast<Errors *>(jpeg->err); }

void leave(j_common_ptr jpeg) {
  Errors *errors = errors_of(jpeg);
  jpeg->err->format_message(jpeg, errors->message);
  std::longjmp(errors->way_out, 1);
}

void hear(j_common_ptr jpeg, int level) {
  if (level >= 0)
    return; // only a trace
  Errors *errors = errors_of(jpeg);
  errors->cut_short |= jpeg->err->msg_code == JWRN_JPEG_EOF;
  errors->damaged = true;
}

jpeg_error_mgr *set_up(Errors &errors) {
  errors = {};
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leave;
  errors.manager.emit_message = hear;
  return &errors.manager;
}

const char *encoding_of(J_COLOR_SPACE colors) {
  switch (colors) {
  case JCS_GRAYSCALE:
    return "Y' u8";
  case JCS_RGB:
    return "R'G'B' u8";
  case JCS_CMYK:
    return "cmyk u8"; // inverted, as nearly all such files are
  default:
    return nullptr;
  }
}

// Null without a profile, which stands for sRGB.
const Babl *space_of(jpeg_decompress_struct &jpeg, bool &unusable_profile) {
  JOCTET *profile = nullptr;
  unsigned int length = 0;
  if (!jpeg_read_icc_profile(&jpeg, &profile, &length))
    return nullptr;
  const char *fault = nullptr;
  const Babl *space =
      babl_space_from_icc(reinterpret_cast<const char *>(profile), static_cast<int>(length), BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &fault);
  std::free(profile);
  unusable_profile = fault || !space;
  return unusable_profile ? nullptr : space;
}

struct Decoded {
  GeglRectangle size{};
  GeglBuffer *buffer = nullptr; // null when there were more than most_pixels
  bool unusable_profile = false;
};

// False when libjpeg gave up; `errors` says why.
bool decode(FILE *file, int64_t most_pixels, Errors &errors, Decoded &decoded) {
  jpeg_decompress_struct jpeg{};
  jpeg.err = set_up(errors);
  if (setjmp(errors.way_out)) {
    jpeg_destroy_decompress(&jpeg);
    return false;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_save_markers(&jpeg, JPEG_APP0 + 2, 0xFFFF);
  jpeg_read_header(&jpeg, TRUE);
  decoded.size = {0, 0, static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height)};
  if (int64_t{decoded.size.width} * decoded.size.height > most_pixels) {
    jpeg_destroy_decompress(&jpeg);
    return true;
  }
  jpeg_start_decompress(&jpeg);

  const char *encoding = encoding_of(jpeg.out_color_space);
  if (!encoding)
    ERREXIT(&jpeg, JERR_CONVERSION_NOTIMPL);
  const Babl *format = babl_format_with_space(encoding, space_of(jpeg, decoded.unusable_profile));
  decoded.buffer = gegl_buffer_new(&decoded.size, format);

  JSAMPARRAY samples = jpeg.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE,
                                              jpeg.output_width * static_cast<JDIMENSION>(jpeg.output_components), 1);
  for (GeglRectangle row{0, 0, decoded.size.width, 1}; row.y < decoded.size.height; row.y++) {
    jpeg_read_scanlines(&jpeg, samples, 1);
    gegl_buffer_set(decoded.buffer, &row, 0, format, samples[0], GEGL_AUTO_ROWSTRIDE);
  }
  jpeg_destroy_decompress(&jpeg); // what comes after the last row does not matter
  return true;
}

bool encode(FILE *file, Errors &errors, GeglBuffer *buffer) {
  jpeg_compress_struct jpeg{};
  jpeg.err = set_up(errors);
  if (setjmp(errors.way_out)) {
    jpeg_destroy_compress(&jpeg);
    return false;
  }
  const GeglRectangle whole = *gegl_buffer_get_extent(buffer);
  const Babl *own = gegl_buffer_get_format(buffer);
  const Babl *space = babl_format_get_space(own);
  const bool gray = babl_format_get_n_components(own) <= 2;

  jpeg_create_compress(&jpeg);
  jpeg_stdio_dest(&jpeg, file);
  jpeg.image_width = static_cast<JDIMENSION>(whole.width);
  jpeg.image_height = static_cast<JDIMENSION>(whole.height);
  jpeg.input_components = gray ? 1 : 3;
  jpeg.in_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.optimize_coding = TRUE;
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1; // colour as fine as brightness: brush-strokes differ in it
  jpeg_start_compress(&jpeg, TRUE);

  int length = 0;
  const char *profile = babl_space_get_icc(space, &length);
  if (profile && !gray && space != babl_space("sRGB"))
    jpeg_write_icc_profile(&jpeg, reinterpret_cast<const JOCTET *>(profile), static_cast<unsigned int>(length));

  const Babl *format = babl_format_with_space(gray ? "Y' u8" : "R'G'B' u8", space);
  JSAMPARRAY samples = jpeg.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE,
                                              jpeg.image_width * static_cast<JDIMENSION>(jpeg.input_components), 1);
  for (GeglRectangle row{whole.x, whole.y, whole.width, 1}; row.y < whole.y + whole.height; row.y++) {
    gegl_buffer_get(buffer, &row, 1, format, samples[0], GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    jpeg_write_scanlines(&jpeg, samples, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return true;
}

// Throws Error when nothing can be made of the file.
Ref<GeglBuffer> decode(const std::string &path, int64_t most_pixels, Errors &errors, Decoded &decoded) {
  const std::string name = shown(path);
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file)
    throw Error(sentence(_("“%s” cannot be opened: %s."), name.c_str(), std::strerror(errno)));
  const bool whole = decode(file.get(), most_pixels, errors, decoded);
  Ref<GeglBuffer> buffer(decoded.buffer);
  if (errors.cut_short)
    throw Error(sentence(_("“%s” is damaged or cut short."), name.c_str()));
  if (!whole)
    throw Error(sentence(_("“%s” cannot be read as a JPEG picture: %s."), name.c_str(), errors.message));
  return buffer;
}

} // namespace

JpegSize jpeg_size(const std::string &path) {
  Errors errors;
  Decoded decoded;
  decode(path, 0, errors, decoded); // of a picture with more than no pixels only the head is read
  return {decoded.size.width, decoded.size.height};
}

Ref<GeglBuffer> read_jpeg(const std::string &path, int64_t most_pixels, std::vector<std::string> &notes) {
  const std::string name = shown(path);
  Errors errors;
  Decoded decoded;
  Ref<GeglBuffer> buffer = decode(path, most_pixels, errors, decoded);
  if (!buffer)
    throw Error(sentence(_("“%s” has %d × %d pixels, more than the %d million that can be read."), name.c_str(), decoded.size.width,
                         decoded.size.height, static_cast<int>(most_pixels / 1'000'000)));
  if (errors.damaged)
    notes.push_back(sentence(_("“%s” is damaged in places and was read as well as it could be."), name.c_str()));
  if (decoded.unusable_profile)
    notes.push_back(sentence(_("The colour profile of “%s” cannot be used; its colours are taken for sRGB."), name.c_str()));
  return buffer;
}

std::string write_jpeg(const std::string &path, GeglBuffer *buffer) {
  File file(std::fopen(path.c_str(), "wb"));
  if (!file)
    return std::strerror(errno);
  Errors errors;
  errno = 0; // libjpeg does not say why a write failed, the system does
  if (!encode(file.get(), errors, buffer))
    return errno ? std::strerror(errno) : errors.message;
  if (std::fclose(file.release()) != 0)
    return std::strerror(errno);
  return {};
}

} // namespace raster
