// SPDX-License-Identifier: GPL-3.0-or-later
#include "about.h"

#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <fstream>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>
#include <torch/cuda.h>
#include <torch/version.h>

#include "encoder.h"
#include "error.h"
#include "memory.h"

namespace pastiche {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

template <class F> F *symbol(void *library, const char *name) { return reinterpret_cast<F *>(dlsym(library, name)); }

// The file that a function comes from, symbolic links followed: libblas.so.3 is one to the library that was chosen.
std::string file_of(const void *function) {
  Dl_info info;
  if (!dladdr(function, &info) || !info.dli_fname)
    return {};
  std::error_code ignored;
  const fs::path file = fs::canonical(info.dli_fname, ignored);
  return file.empty() ? info.dli_fname : file.string();
}

// LibTorch as a place to look for symbols: it and the libraries that it is linked with, as the loader has found them.
void *libtorch() {
  static void *const library = dlopen(file_of(reinterpret_cast<void *>(&at::get_num_threads)).c_str(), RTLD_LAZY | RTLD_NOLOAD);
  return library;
}

// As openblas_get_parallel() counts them.
constexpr std::array openblas_threads{"none", "pthread", "openmp"};

Json blas() {
  Json json{{"name", "unknown"}, {"file", ""}, {"threads", ""}};
  void *const library = libtorch();
  void *const product = library ? dlsym(library, "sgemm_") : nullptr;
  if (product)
    json["file"] = file_of(product);
  if (at::hasMKL()) {
    json["name"] = "MKL";
  } else if (auto *config = library ? symbol<char *()>(library, "openblas_get_config") : nullptr) {
    json["name"] = "OpenBLAS";
    json["build"] = config(); // "OpenBLAS 0.3.29 … MAX_THREADS=128"
    if (auto *parallel = symbol<int()>(library, "openblas_get_parallel"))
      if (const auto kind = static_cast<size_t>(parallel()); kind < openblas_threads.size())
        json["threads"] = openblas_threads[kind];
  } else if (json["file"].get<std::string>().find("/blas/") != std::string::npos) {
    json["name"] = "reference"; // Netlib's, in the folder where Debian keeps it
  }
  return json;
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const size_t colon = line.find(": "); colon != std::string::npos)
        return line.substr(colon + 2);
  return {};
}

Json processor_features() {
  Json features = Json::array();
#ifdef __x86_64__
  // The macro takes nothing but literals.
  const auto add = [&](bool there, const char *name) {
    if (there)
      features.push_back(name);
  };
  add(__builtin_cpu_supports("avx2"), "AVX2");
  add(__builtin_cpu_supports("avx512f"), "AVX-512");
  add(__builtin_cpu_supports("avx512bf16"), "AVX-512 BF16");
  add(__builtin_cpu_supports("amx-bf16"), "AMX BF16");
#endif
  return features;
}

std::string card_name(int number) {
  using GetName = int(char *name, int length, int device);
  void *const driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  std::array<char, 256> name{};
  auto *get = driver ? symbol<GetName>(driver, "cuDeviceGetName") : nullptr;
  return get && get(name.data(), static_cast<int>(name.size()), number) == 0 ? name.data() : "";
}

Json devices() {
  Json list = Json::array({{{"name", "cpu"}, {"description", processor_name()}}});
  const auto cards = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  for (int i = 0; i < cards; i++)
    list.push_back({{"name", "cuda:" + std::to_string(i)}, {"description", card_name(i)}});
  return list;
}

std::string built_in_model() {
  try {
    return fs::weakly_canonical(find_model("compact")).string();
  } catch (const Error &) {
    return {};
  }
}

} // namespace

std::string about() {
  const Json json{{"version", PASTICHE_VERSION},          {"libtorch", TORCH_VERSION},        {"blas", blas()},
                  {"cpu_features", processor_features()}, {"threads", at::get_num_threads()}, {"devices", devices()},
                  {"memory_bytes", memory_limit(0)},      {"model_file", built_in_model()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace pastiche
