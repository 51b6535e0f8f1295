#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/bytes.h"

namespace hwledger {

// What a checkpoint really stores, told from its headers to the byte.
struct StoredTensors {
  Bytes size;
  int64_t tensor_count = 0;
  // As stored: where one stored element packs several weights, those are more.
  int64_t element_count = 0;
  // Of these, elements of tables that a model computes and no one trains.
  int64_t constant_count = 0;
  std::map<std::string, Bytes, std::less<>> size_by_dtype;  // "BF16"

  friend bool operator==(const StoredTensors&, const StoredTensors&) = default;
};

// Adds what another file of the same checkpoint stores.
void Add(const StoredTensors& part, StoredTensors& sum);

// Reads the header of the safetensors file at `path`, whatever bytes it holds,
// in less than 64 MB of memory.
//
// NotFound: no such file. InvalidArgument: a directory. PermissionDenied:
// cannot be read. DataLoss: damaged; says where.
absl::StatusOr<StoredTensors> ReadSafetensors(const std::string& path);

// The same from memory, for a file of `file_size` bytes of which `bytes` are
// the first.
absl::StatusOr<StoredTensors> ParseSafetensors(std::string_view bytes,
                                               int64_t file_size);

}  // namespace hwledger
