// SPDX-License-Identifier: GPL-3.0-or-later
#include "describedfile.h"

namespace pastiche {

Error Unfit::as_error(const std::filesystem::path &path) const {
  return {PASTICHE_BAD_MODEL, sentence(_("The file “%s” is not a model that Pastiche can use (%s)."), path.c_str(), why.c_str())};
}

const std::string &DescribedFile::text(const std::string &key) const {
  const auto found = metadata().find(key);
  if (found == metadata().end())
    throw Unfit{sentence(_("its metadata lack “%s”"), key.c_str())};
  return found->second;
}

nlohmann::json DescribedFile::json(const std::string &key) const {
  nlohmann::json value = nlohmann::json::parse(text(key), nullptr, false);
  if (value.is_discarded())
    throw Unfit{sentence(_("“%s” is not JSON"), key.c_str())};
  return value;
}

DescribedFile::Convolution DescribedFile::convolution(const std::string &name, int64_t inputs, int64_t kernel) const {
  const auto &wanted = shape(name + ".weight");
  if (wanted.size() != 4 || wanted[0] < 1 || wanted[1] != inputs || wanted[2] != kernel || wanted[3] != kernel ||
      shape(name + ".bias") != std::vector<int64_t>{wanted[0]})
    throw Unfit{sentence(_("the weights of %s do not fit the layer before"), name.c_str())};
  Convolution convolution{read(name + ".weight"), read(name + ".bias")};
  if (!convolution.weight.isfinite().all().item<bool>() || !convolution.bias.isfinite().all().item<bool>())
    throw Unfit{sentence(_("the weights of %s are not all numbers"), name.c_str())};
  return convolution;
}

} // namespace pastiche
