// SPDX-License-Identifier: GPL-3.0-or-later
#include "motion.h"

#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace batch {
namespace {

// A view without a copy: OpenCV only reads it.
cv::Mat view(const raster::Pixels &pixels) { return {pixels.height, pixels.width, CV_32FC4, const_cast<float *>(pixels.rgba.data())}; }

cv::Mat gray(const raster::Pixels &pixels) {
  cv::Mat values, bytes;
  cv::cvtColor(view(pixels), values, cv::COLOR_RGBA2GRAY);
  values.convertTo(bytes, CV_8U, 255);
  return bytes;
}

// For every pixel of `to`, how far away in `from` what it shows is.
cv::Mat search(const cv::Mat &to, const cv::Mat &from) {
  // The search needs some patches of 8 × 8 pixels at its coarsest size; what is smaller is taken to stand still.
  constexpr int smallest = 64;
  cv::Mat vectors = cv::Mat::zeros(to.size(), CV_32FC2);
  if (std::min(to.cols, to.rows) >= smallest)
    cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM)->calc(to, from, vectors);
  return vectors;
}

// The places that the vectors point to.
cv::Mat places(const cv::Mat &vectors) {
  cv::Mat places = vectors.clone();
  places.forEach<cv::Vec2f>(
      [](cv::Vec2f &place, const int *at) { place += cv::Vec2f(static_cast<float>(at[1]), static_cast<float>(at[0])); });
  return places;
}

cv::Mat at(const cv::Mat &picture, const cv::Mat &places, int interpolation) {
  cv::Mat result;
  cv::remap(picture, result, places, cv::noArray(), interpolation, cv::BORDER_REPLICATE);
  return result;
}

// How much two pictures differ around every pixel.
cv::Mat difference(const cv::Mat &a, const cv::Mat &b) {
  constexpr int patch = 9;
  cv::Mat values;
  cv::absdiff(a, b, values);
  cv::blur(values, values, {patch, patch});
  return values;
}

// Fractions of a pixel where nothing moves would blur the painting a little more with every frame: what is explained as well by standing
// still does so.
cv::Mat flow(const cv::Mat &to, const cv::Mat &from) {
  cv::Mat vectors = search(to, from);
  vectors.setTo(cv::Scalar::all(0), difference(to, from) <= difference(to, at(from, places(vectors), cv::INTER_LINEAR)));
  return vectors;
}

bool is_same_scene(const raster::Pixels &before, const raster::Pixels &now) {
  cv::setNumThreads(1);
  const cv::Mat there = gray(before), here = gray(now);
  cv::Mat expected, seen;
  at(there, places(flow(here, there)), cv::INTER_LINEAR).convertTo(expected, CV_32F);
  here.convertTo(seen, CV_32F);
  // Correlated, so that a scene that becomes lighter or darker stays the same. Where there is next to nothing to see, nothing speaks
  // against it.
  constexpr double enough = 0.6, noise = 4;
  const cv::Mat a = expected - cv::mean(expected), b = seen - cv::mean(seen);
  const auto pixels = static_cast<double>(a.total());
  const double deviation_a = std::sqrt(a.dot(a) / pixels), deviation_b = std::sqrt(b.dot(b) / pixels);
  if (deviation_a < noise && deviation_b < noise)
    return true;
  return a.dot(b) / pixels >= enough * deviation_a * deviation_b;
}

raster::Pixels moved(const raster::Pixels &painting, const raster::Pixels &before, const raster::Pixels &now) {
  cv::setNumThreads(1);
  const cv::Mat there = gray(before), here = gray(now);
  const cv::Mat back = flow(here, there), forth = flow(there, here), from = places(back);
  raster::Pixels result{painting.width, painting.height, std::vector<float>(painting.rgba.size())};
  cv::Mat pixels = view(result);
  at(view(painting), from, cv::INTER_CUBIC).copyTo(pixels);
  // What is in sight in both frames moves there and back again (Sundaram, Brox, Keutzer 2010, “Dense point trajectories by GPU-accelerated
  // large displacement optical flow”, section 3).
  const cv::Mat returned = at(forth, from, cv::INTER_LINEAR);
  pixels.forEach<cv::Vec4f>([&](cv::Vec4f &pixel, const int *place) {
    const auto away = back.at<cv::Vec2f>(place[0], place[1]), home = returned.at<cv::Vec2f>(place[0], place[1]);
    const auto target = from.at<cv::Vec2f>(place[0], place[1]);
    const cv::Vec2f error = away + home;
    const bool outside = target[0] < -0.5f || target[1] < -0.5f || target[0] > static_cast<float>(back.cols) - 0.5f ||
                         target[1] > static_cast<float>(back.rows) - 0.5f;
    if (outside || error.dot(error) > 0.01f * (away.dot(away) + home.dot(home)) + 0.5f)
      pixel[3] = 0;
  });
  return result;
}

} // namespace
} // namespace batch

const batch::Motion pastiche_motion{.is_same_scene = batch::is_same_scene, .moved = batch::moved};
