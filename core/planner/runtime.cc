#include "core/planner/runtime.h"

#include <cstdint>
#include <iterator>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// No model comes near, and sums of a few stay within 64 bits.
constexpr int64_t kTokensMax = int64_t{1} << 30;

}  // namespace

std::string CountedSequences(int64_t count) {
  return absl::StrFormat("%d %s", count, count == 1 ? "sequence" : "sequences");
}

std::string CacheText(const ModelShape& model,
                      absl::FunctionRef<Bytes(const Layer& layer)> of_token) {
  Bytes token;
  Bytes state;
  int64_t windows = 0;
  for (const Layer& layer : model.layers) {
    token += of_token(layer);
    state += layer.state_elements * Bytes(2);
    windows += layer.window_tokens > 0 ? 1 : 0;
  }
  std::string text = absl::StrFormat("%d B in %d layers", token.count(),
                                     std::ssize(model.layers));
  if (windows > 0) {
    absl::StrAppendFormat(&text, ", of which %d keep their window alone",
                          windows);
  }
  if (state > Bytes()) {
    absl::StrAppendFormat(&text, ", and %d B of states", state.count());
  }
  return text;
}

absl::Status ValidateRange(std::string_view field, int64_t value, int64_t least,
                           int64_t most) {
  if (least <= value && value <= most) return absl::OkStatus();
  return FieldError(
      field, absl::StrFormat("must be %d to %d; got %d", least, most, value));
}

absl::Status Validate(const RuntimeLoad& load) {
  ABSL_RETURN_IF_ERROR(
      ValidateRange("sequence_length", load.sequence_length, 1, kTokensMax));
  return ValidateRange("batch_size", load.sequence_count, 1, kTokensMax);
}

}  // namespace hwledger
