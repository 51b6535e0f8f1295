#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/model/json_events.h"

namespace hwledger {

// How safetensors store one element.
struct SafetensorsDtype {
  std::string_view name;  // "BF16"
  int64_t bits = 0;
};

// What is kept of a tensor; its bytes count from the start of the data.
struct SafetensorsSpan {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t element_count = 0;
  const SafetensorsDtype* dtype = nullptr;
  bool is_constant = false;  // A table that is computed, not trained.
};

// Takes the JSON text at the start of a safetensors file apart. Each tensor is
// as many bytes as its shape and dtype say; where they lie is not checked.
class SafetensorsHeader {
 public:
  // DataLoss: a tensor is not described as it must be; names it.
  absl::Status Take(JsonEvent event);

  // By their place in the file.
  std::vector<SafetensorsSpan> Spans() &&;

 private:
  // A tensor that is being read.
  struct Tensor {
    std::string name;
    const SafetensorsDtype* dtype = nullptr;
    bool has_shape = false;
    int64_t element_count = 1;
    std::vector<int64_t> offsets;
  };

  absl::Status Begin(std::string name);
  absl::Status TakeValue(const JsonEvent& event);
  absl::Status TakeDtype(const JsonEvent& event);
  absl::Status TakeDimension(int64_t dimension);
  absl::Status End();
  absl::Status Refuse(std::string_view why) const;

  std::set<std::string, std::less<>> names_;
  size_t name_bytes_ = 0;
  std::vector<SafetensorsSpan> spans_;
  Tensor tensor_;
  std::string field_;  // Of it.
};

}  // namespace hwledger
