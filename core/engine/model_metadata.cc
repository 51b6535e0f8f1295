#include "core/engine/model_metadata.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "llama.h"

namespace hwledger {

std::string Metadata(const llama_model* model, const std::string& key) {
  const int32_t length =
      llama_model_meta_val_str(model, key.c_str(), nullptr, 0);
  if (length <= 0) return "";
  std::string text(static_cast<size_t>(length), '\0');
  llama_model_meta_val_str(model, key.c_str(), text.data(), text.size() + 1);
  return text;
}

std::string ArchitectureMetadata(const llama_model* model,
                                 std::string_view key) {
  return Metadata(
      model, absl::StrCat(Metadata(model, "general.architecture"), ".", key));
}

}  // namespace hwledger
