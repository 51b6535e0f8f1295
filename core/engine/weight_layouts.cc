#include "core/engine/weight_layouts.h"

#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"

namespace hwledger {
namespace {

// In the names of what recurrent layers multiply by (llama-arch.cpp).
constexpr std::string_view kRecurrent[] = {".ssm_", ".shortconv.",
                                           ".time_mix_"};

bool HasAmx() {
  return absl::c_any_of(HostLayouts(), [](ggml_backend_buffer_type_t layout) {
    return std::string_view(ggml_backend_buft_name(layout)) == "AMX";
  });
}

bool IsOneMatrixByOne(const GgufTensor& tensor) {
  // Experts are multiplied by an operation that has no such kernels.
  const bool is_matrix =
      tensor.dimensions.size() <= 2 || absl::StrContains(tensor.name, "_exps.");
  return is_matrix && absl::c_none_of(kRecurrent, [&](std::string_view name) {
           return absl::StrContains(tensor.name, name);
         });
}

}  // namespace

std::vector<ggml_backend_buffer_type_t> HostLayouts() {
  std::vector<ggml_backend_buffer_type_t> layouts;
  ggml_backend_dev_t host =
      ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  const auto extra_types = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(host),
                                        "ggml_backend_dev_get_extra_bufts"));
  if (extra_types != nullptr) {
    for (auto* type = extra_types(host); type != nullptr && *type != nullptr;
         ++type) {
      layouts.push_back(*type);
    }
  }
  layouts.push_back(ggml_backend_dev_buffer_type(host));
  return layouts;
}

bool MayRelayoutWeights(const GgufHeader& header) {
  return absl::c_all_of(header.tensors, IsOneMatrixByOne) || !HasAmx();
}

}  // namespace hwledger
