// SPDX-License-Identifier: GPL-3.0-or-later
#include "exr.h"

#include <ImfChannelList.h>
#include <ImfChromaticities.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfInputPart.h>
#include <ImfMultiPartInputFile.h>
#include <ImfOutputFile.h>
#include <ImfPartType.h>
#include <ImfRgbaFile.h>
#include <ImfStandardAttributes.h>
#include <ImfStdIO.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "base/failure.h"
#include "base/i18n.h"
#include "base/sentence.h"
#include "rows.h"

namespace raster {
namespace {

using pastiche::Failure;
using pastiche::listed;
using pastiche::sentence;
using pastiche::shown;

using Imath::Box2i;

// One of the pictures that a file may hold: its part, and what its channels' names begin with.
struct Layer {
  int part;
  std::string prefix; // with its dot
  std::string name;   // for people
  bool gray;

  bool is_combined() const { return name.ends_with("Combined"); } // as Blender calls its picture
};

std::vector<Layer> layers_of(const Imf::MultiPartInputFile &file) {
  std::vector<Layer> layers;
  for (int part = 0; part < file.parts(); part++) {
    const Imf::Header &header = file.header(part);
    if (header.hasType() && header.type() != Imf::SCANLINEIMAGE && header.type() != Imf::TILEDIMAGE)
      continue;
    const Imf::ChannelList &channels = header.channels();
    std::set<std::string> names;
    channels.layers(names);
    names.insert("");
    for (const std::string &name : names) {
      const std::string prefix = name.empty() ? "" : name + ".";
      const auto has = [&](const char *channel) { return channels.findChannel(prefix + channel) != nullptr; };
      const bool color = has("R") && has("G") && has("B");
      const std::string part_name = header.hasName() ? header.name() : "";
      if (color || has("Y"))
        layers.push_back({part, prefix, !name.empty() ? name : part_name, !color});
    }
  }
  return layers;
}

// The layer that is the picture. Throws Failure when none is for sure.
Layer picture_of(const Imf::MultiPartInputFile &file, const std::string &path) {
  const std::vector<Layer> layers = layers_of(file);
  const auto plain = std::ranges::find(layers, "", &Layer::prefix);
  const auto combined = std::ranges::find_if(layers, &Layer::is_combined);
  if (plain != layers.end() && (file.parts() == 1 || combined == layers.end()))
    return *plain;
  if (combined != layers.end())
    return *combined;
  if (layers.size() == 1)
    return layers.front();
  std::vector<std::string> names;
  for (const Layer &layer : layers)
    names.push_back(sentence(_("“%s”"), layer.name.c_str()));
  throw Failure(layers.empty()
                    ? sentence(_("“%s” has no channels R, G and B, nor Y, that could be painted."), shown(path).c_str())
                    : sentence(_("“%s” has several layers (%s), none of which is called Combined; save the one that you want as a "
                                 "file of its own."),
                               shown(path).c_str(), listed(names).c_str()));
}

Size size_of(const Box2i &window, const std::string &path) {
  if (window.isEmpty() || int64_t{window.max.x} - window.min.x >= INT32_MAX || int64_t{window.max.y} - window.min.y >= INT32_MAX)
    throw Failure(sentence(_("“%s” is damaged or cut short."), shown(path).c_str()));
  return {window.max.x - window.min.x + 1, window.max.y - window.min.y + 1};
}

// Null, which is sRGB, when the file does not say otherwise. The curve is only that of the integers it may be written with.
const Babl *space_of(const Imf::Header &header) {
  if (!Imf::hasChromaticities(header))
    return nullptr;
  const Imf::Chromaticities &c = Imf::chromaticities(header), usual;
  for (const Imath::V2f &point : {c.red, c.green, c.blue, c.white})
    if (!(point.x > 0 && point.x < 1 && point.y > 0 && point.y < 1))
      return nullptr;
  if (c == usual)
    return nullptr;
  const Babl *curve = babl_trc("sRGB");
  return babl_space_from_chromaticities(nullptr, c.white.x, c.white.y, c.red.x, c.red.y, c.green.x, c.green.y, c.blue.x, c.blue.y, curve,
                                        curve, curve, BABL_SPACE_FLAG_EQUALIZE);
}

// Luminance with the differences of colour at half the size: OpenEXR itself makes colours of them.
bool has_chroma(const Imf::MultiPartInputFile &file, const Layer &layer) {
  const Imf::ChannelList &channels = file.header(layer.part).channels();
  return layer.gray && layer.part == 0 && layer.prefix.empty() && channels.findChannel("RY") && channels.findChannel("BY");
}

// What of a row of the data window is seen goes into the buffer, which begins at the display window's corner.
void put(GeglBuffer *buffer, const Box2i &display, const Box2i &data, int y, const Babl *format, const char *row) {
  const int first = std::max(display.min.x, data.min.x), last = std::min(display.max.x, data.max.x);
  const GeglRectangle place{first - display.min.x, y - display.min.y, last - first + 1, 1};
  if (place.width > 0)
    gegl_buffer_set(buffer, &place, 0, format, row + int64_t{first - data.min.x} * babl_format_get_bytes_per_pixel(format),
                    GEGL_AUTO_ROWSTRIDE);
}

// Runs what OpenEXR may throw from.
template <class Work> auto guarded(const std::string &path, const Work &work) {
  try {
    return work();
  } catch (const Failure &) {
    throw;
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &) {
    throw Failure(sentence(_("“%s” is damaged or cut short."), shown(path).c_str()));
  }
}

} // namespace

Size exr_size(const std::string &path) {
  return guarded(path, [&] {
    const Imf::MultiPartInputFile file(path.c_str());
    return size_of(file.header(picture_of(file, path).part).displayWindow(), path);
  });
}

Stored read_exr(const std::string &path) {
  return guarded(path, [&] {
    Imf::MultiPartInputFile file(path.c_str());
    const Layer layer = picture_of(file, path);
    const Imf::Header &header = file.header(layer.part);
    const Imf::ChannelList &channels = header.channels();
    const Box2i &display = header.displayWindow(), &data = header.dataWindow();
    const Size size = size_of(display, path), data_size = size_of(data, path);
    check_area(path, size);
    check_area(path, data_size);

    const bool chroma = has_chroma(file, layer), gray = layer.gray && !chroma;
    const Imf::Channel *opacity = channels.findChannel(layer.prefix + "A");
    const std::string colors = gray ? (opacity ? "YaA" : "Y") : (opacity ? "RaGaBaA" : "RGB");
    const Imf::Channel *first = channels.findChannel(layer.prefix + (layer.gray ? "Y" : "R"));
    Stored stored;
    const Babl *space = gray ? nullptr : space_of(header);
    stored.format = babl_format_with_space((colors + (first->type == Imf::HALF ? " half" : " float")).c_str(), space);
    stored.has_colors = true;
    stored.buffer.reset(gegl_buffer_new(GEGL_RECTANGLE(0, 0, size.width, size.height), stored.format));

    // Row by row: the row's memory is given to OpenEXR as that of all of them.
    const int top = std::max(display.min.y, data.min.y), bottom = std::min(display.max.y, data.max.y);
    if (chroma) {
      Imf::RgbaInputFile rgba(path.c_str());
      std::vector<Imf::Rgba> row(static_cast<size_t>(data_size.width));
      rgba.setFrameBuffer(row.data() - data.min.x, 1, 0);
      const Babl *format = babl_format_with_space("RaGaBaA half", space);
      for (int y = top; y <= bottom; y++) {
        rgba.readPixels(y);
        put(stored.buffer.get(), display, data, y, format, reinterpret_cast<const char *>(row.data()));
      }
    } else {
      const Babl *format = babl_format_with_space((colors + " float").c_str(), space);
      const size_t components = static_cast<size_t>(babl_format_get_n_components(format)), pixel = components * sizeof(float);
      std::vector<float> row(components * static_cast<size_t>(data_size.width));
      char *base = reinterpret_cast<char *>(row.data()) - static_cast<std::ptrdiff_t>(pixel) * data.min.x;
      Imf::FrameBuffer frame;
      const std::string names = gray ? "YA" : "RGBA";
      for (size_t c = 0; c < components; c++)
        frame.insert(layer.prefix + names[c], Imf::Slice(Imf::FLOAT, base + c * sizeof(float), pixel, 0));
      Imf::InputPart part(file, layer.part);
      part.setFrameBuffer(frame);
      for (int y = top; y <= bottom; y++) {
        part.readPixels(y);
        put(stored.buffer.get(), display, data, y, format, reinterpret_cast<const char *>(row.data()));
      }
    }
    if (Imf::hasXDensity(header) && Imf::xDensity(header) > 0)
      stored.resolution = {Imf::xDensity(header), Imf::xDensity(header) * header.pixelAspectRatio()};
    if (Imf::hasOwner(header))
      stored.credits.copyright = Imf::owner(header);
    return stored;
  });
}

std::string write_exr(const std::string &path, const Written &picture) {
  try {
    const int width = picture.pixels.width, height = picture.pixels.height;
    Imf::Header header(width, height);
    header.compression() = Imf::ZIP_COMPRESSION;
    Imf::addChromaticities(header, Imf::Chromaticities()); // those of sRGB
    if (picture.resolution.is_known()) {
      Imf::addXDensity(header, static_cast<float>(picture.resolution.x));
      header.pixelAspectRatio() = static_cast<float>(picture.resolution.y / picture.resolution.x);
    }
    const std::string &owner = picture.credits.copyright.empty() ? picture.credits.author : picture.credits.copyright;
    if (!owner.empty())
      Imf::addOwner(header, owner);

    const size_t components = static_cast<size_t>(babl_format_get_n_components(picture.format));
    const size_t pixel = static_cast<size_t>(babl_format_get_bytes_per_pixel(picture.format)), sample = pixel / components;
    const Imf::PixelType type = sample == sizeof(float) ? Imf::FLOAT : Imf::HALF;
    std::vector<char> row(pixel * static_cast<size_t>(width));
    Imf::FrameBuffer frame;
    const std::string names = components <= 2 ? "YA" : "RGBA";
    for (size_t c = 0; c < components; c++) {
      const std::string name(1, names[c]);
      header.channels().insert(name, Imf::Channel(type));
      frame.insert(name, Imf::Slice(type, row.data() + c * sample, pixel, 0));
    }
    errno = 0;
    std::ofstream out(path, std::ios::binary);
    {
      Imf::StdOFStream stream(out, path.c_str());
      Imf::OutputFile file(stream, header);
      file.setFrameBuffer(frame);
      for (int y = 0; y < height; y++) {
        write_row(picture, 0, y, width, row.data());
        file.writePixels(1);
      }
    }
    out.close();
    return out.fail() ? std::strerror(errno) : "";
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return error.what();
  }
}

} // namespace raster
