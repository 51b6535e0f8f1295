#include "core/model/shallow_json.h"

#include <cstdint>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/model/byte_reader.h"

namespace hwledger {
namespace {

// A config that says something of each expert's matrices has some 200,000.
constexpr int64_t kPiecesMax = 1 << 18;

}  // namespace

absl::Status ValidateShallowJson(std::string_view text,
                                 int64_t piece_bytes_max) {
  // Two bytes can become a hundred: it is counted before memory is taken.
  ByteReader reader = ReaderOf(text, static_cast<int64_t>(text.size()));
  int64_t pieces = 0;
  const auto count = [&pieces](const JsonEvent&) {
    return ++pieces <= kPiecesMax
               ? absl::OkStatus()
               : absl::DataLossError(
                     absl::StrCat("more JSON than any config has: at most ",
                                  kPiecesMax, " pieces"));
  };
  return ReadJson(reader, count, piece_bytes_max);
}

absl::StatusOr<nlohmann::json> ParseShallowJson(std::string_view text,
                                                int64_t piece_bytes_max) {
  ABSL_RETURN_IF_ERROR(ValidateShallowJson(text, piece_bytes_max));
  return nlohmann::json::parse(text, /*cb=*/nullptr,
                               /*allow_exceptions=*/false);
}

}  // namespace hwledger
