// SPDX-License-Identifier: GPL-3.0-or-later
#include "losses.h"

#include "base/i18n.h"

namespace plot {

using pastiche::sentence;

StepLosses losses_of(const pastiche_step &step) {
  return {step.scale,      step.step,         step.width,          step.height,  step.seconds,   step.content_loss,
          step.style_loss, step.feature_loss, step.laplacian_loss, step.tv_loss, step.total_loss};
}

std::string losses_as_csv(std::span<const StepLosses> steps) {
  std::string csv = "scale,step,width,height,seconds,content,style,feature,laplacian,tv,total\n";
  for (const StepLosses &step : steps)
    csv += sentence("%d,%d,%d,%d,%.3f,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\n", step.scale, step.step, step.width, step.height, step.seconds,
                    step.content, step.style, step.feature, step.laplacian, step.tv, step.total);
  return csv;
}

} // namespace plot
