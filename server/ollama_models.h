#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hwledger/v1/ledger.pb.h"
#include "hwledger/v1/library.pb.h"
#include "nlohmann/json_fwd.hpp"

// Models as Ollama's API tells of them. What the contract does not tell is left
// out, or empty.
namespace hwledger {

// The model_ids that a client may mean by a name, the likeliest first. A model
// of ollama's has its own name there ("llama3.2"), every other one its
// model_id; "latest" is understood where there is no tag.
std::vector<std::string> OllamaModelIds(std::string_view name);

// What ollama calls a model.
std::string OllamaNameOf(std::string_view model_id);

// Of GET /api/tags: those that can be run. "digest" tells models apart, as
// programs use it, by their names and sizes; the files are not read for it.
nlohmann::json ToOllamaTags(const v1::ListModelsResponse& response);

// Of POST /api/show.
nlohmann::json ToOllamaShow(const v1::Model& model);

// Of GET /api/ps, one of its "models".
struct OllamaProcess {
  v1::LoadedModel loaded;
  std::optional<v1::Model> model;       // What its file says.
  std::optional<v1::LedgerEntry> load;  // How it was loaded.
};
nlohmann::json ToOllamaProcess(const OllamaProcess& process, absl::Time now);

}  // namespace hwledger
