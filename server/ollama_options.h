#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "server/json_fields.h"

// Parts of every request of Ollama's API that runs a model.
namespace hwledger {

// What of "options" changes the text.
absl::Status ReadOllamaSampling(const JsonFields& fields,
                                v1::RunInferenceRequest& request);

// "keep_alive": how long to keep the model once it has nothing to do. Absent:
// as the daemon is configured. Negative: 292 years, for ever as theirs.
absl::StatusOr<std::optional<absl::Duration>> ReadKeepAlive(
    const JsonFields& fields);

// What of "options" says how to load the model, and "keep_alive" as idle_ttl:
// one second at least, so that one client's 0 does not break off what others
// have begun.
absl::Status ReadOllamaLoad(const JsonFields& fields, v1::LoadOptions& load);

}  // namespace hwledger
