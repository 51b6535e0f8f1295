#include "clients/cli/model_argument.h"

#include <filesystem>

#include "absl/strings/match.h"

namespace hwledger {
namespace {

// A slash alone makes no path: "org/name" is a model's name as well. Nor does a
// folder that happens to be called as a model is.
bool IsPath(const std::string& argument) {
  std::error_code error;
  return absl::StartsWith(argument, "/") || absl::StartsWith(argument, "./") ||
         absl::StartsWith(argument, "../") ||
         absl::EndsWithIgnoreCase(argument, ".gguf") ||
         std::filesystem::is_regular_file(argument, error) ||
         (absl::StrContains(argument, '/') &&
          std::filesystem::exists(argument, error));
}

}  // namespace

void AddModelArgument(CLI::App& command, std::string& model) {
  command
      .add_option("MODEL", model,
                  "A .gguf file, demo, or what was downloaded: ollama:NAME, "
                  "org/name")
      ->required()
      ->option_text(" ");
}

std::string ModelId(const std::string& argument) {
  if (argument.empty() || !IsPath(argument)) return argument;
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(argument, error);
  return error ? argument : path.lexically_normal().string();
}

std::string ModelLabel(const std::string& model_id) {
  if (!absl::StartsWith(model_id, "/")) return model_id;
  return std::filesystem::path(model_id).filename().string();
}

}  // namespace hwledger
