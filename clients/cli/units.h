#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Quantities as people write them, with three significant digits.
namespace hwledger {

// Stands for what is unknown.
inline constexpr std::string_view kUnknown = "–";

// "512 B", "4.58 GiB".
std::string FormatBytes(int64_t bytes);

// "1.01 TB/s": in powers of ten, as makers state it.
std::string FormatBandwidth(int64_t bytes_per_second);

// "71.2 TFLOPS".
std::string FormatFlops(double per_second);

// "8.03B", "494M", "950".
std::string FormatCount(int64_t count);

// "0.42", "41.2", "1530".
std::string FormatRate(double per_second);

// Of each of so many sequences: "8192", "4 × 8192".
std::string FormatContext(int64_t sequence_count, int64_t tokens);

// "41.2–55.0"; one number where both ends look the same.
std::string FormatRateRange(double low, double high);

// "350 ms", "12.4 s", "5 min", "3 h", "2 d".
std::string FormatElapsed(absl::Duration duration);

// Reads "90s", "10m", "1h30m".
absl::StatusOr<absl::Duration> ParseElapsed(std::string_view text);

// Reads "24GiB" or "24G" (2^30), "24GB" (10^9), or a plain number of bytes.
absl::StatusOr<int64_t> ParseBytes(std::string_view text);

// Reads "400GB/s" or "400GB" (10^9 bytes a second), "1TiB/s" and so on.
absl::StatusOr<int64_t> ParseBandwidth(std::string_view text);

// Reads "71T" or "71TFLOPS" (10^12), or a plain number of operations per
// second.
absl::StatusOr<double> ParseFlops(std::string_view text);

}  // namespace hwledger
