// SPDX-License-Identifier: GPL-3.0-or-later
#include "safetensors.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/durable.h"
#include "base/tensorfile.h"
#include "error.h"

namespace pastiche {

Safetensors::Safetensors(const std::filesystem::path &path) try
    : path_(path), file_(std::make_shared<MappedFile>(path)), index_(file_->bytes(), file_->bytes().size()) {
} catch (const Damage &damage) {
  fail(path, damage.what());
} catch (const Failure &failure) { // it cannot be opened
  throw Error(PASTICHE_BAD_MODEL, failure.what());
}

void Safetensors::fail(const std::filesystem::path &path, const std::string &what) {
  throw Error(PASTICHE_BAD_MODEL,
              sentence(_("The model file “%s” is damaged or not a safetensors file (%s); get it again."), path.c_str(), what.c_str()));
}

const TensorIndex::Entry &Safetensors::entry(const std::string &name) const {
  const auto found = index_.entries().find(name);
  if (found == index_.entries().end())
    fail(path_, sentence(_("there is no tensor %s"), name.c_str()));
  return found->second;
}

torch::Tensor Safetensors::read(const std::string &name) const {
  const TensorIndex::Entry &wanted = entry(name);
  static const std::map<std::string, torch::ScalarType> types{
      {"F16", torch::kHalf}, {"BF16", torch::kBFloat16}, {"F32", torch::kFloat}, {"F64", torch::kDouble}};
  const auto type = types.find(wanted.type);
  if (type == types.end())
    fail(path_, sentence(_("%s is not of a floating-point type"), name.c_str()));
  // Copied, as a header of any length may have left the numbers where no number of their type can stand.
  const torch::Tensor tensor = torch::empty(wanted.shape, type->second);
  if (tensor.nbytes() > 0)
    std::memcpy(tensor.data_ptr(), file_->bytes().data() + wanted.begin, tensor.nbytes());
  return tensor.to(torch::kFloat);
}

std::vector<std::string> Safetensors::names() const {
  std::vector<std::string> names;
  for (const auto &[name, entry] : index_.entries())
    names.push_back(name);
  return names;
}

void write_safetensors(const std::filesystem::path &path, const std::map<std::string, torch::Tensor> &tensors,
                       const std::map<std::string, std::string> &metadata) {
  std::vector<NewTensor> described;
  for (const auto &[name, tensor] : tensors) {
    const bool half = tensor.scalar_type() == torch::kHalf;
    described.push_back({name, half ? "F16" : "F32", tensor.sizes().vec(), (half ? 2u : 4u) * static_cast<uint64_t>(tensor.numel()),
                         [&tensor, type = half ? torch::kHalf : torch::kFloat](std::ostream &file) {
                           const torch::Tensor values = tensor.to(torch::kCPU, type).contiguous();
                           file.write(static_cast<const char *>(values.const_data_ptr()), static_cast<std::streamsize>(values.nbytes()));
                         }});
  }
  const std::filesystem::path unfinished = path.string() + ".unfinished";
  errno = 0;
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  write_tensors(file, metadata, described);
  file.close();
  const bool safe = file && make_durable(unfinished);
  const int why = errno ? errno : EIO;
  std::error_code failure;
  if (safe)
    std::filesystem::rename(unfinished, path, failure);
  else
    failure = {why, std::generic_category()};
  if (failure) {
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    throw std::system_error(failure);
  }
}

} // namespace pastiche
