#pragma once

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/loaded_models.h"
#include "core/model/model_store.h"
#include "core/runner.h"
#include "google/protobuf/timestamp.pb.h"
#include "hwledger/v1/library.pb.h"

namespace hwledger {

google::protobuf::Timestamp ToProto(absl::Time time);

LoadRequest FromProto(const std::string& model_id,
                      const v1::LoadOptions& options);

v1::LoadedModel ToProto(const RunnerSnapshot& snapshot,
                        absl::Time now = absl::Now());

v1::Model ToProto(const KnownModel& model);

// `known`: what is known of the model; null: nothing yet.
v1::Model ToProto(const ListedModel& listed, const KnownModel* known);

}  // namespace hwledger
