#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/open_requests.h"

namespace hwledger {

// The requests of a runner whose process is the test.
class OpenRequestsTest : public testing::Test {
 protected:
  std::shared_ptr<GenerationStream> Submit(const std::string& prompt) {
    auto stream = std::make_shared<GenerationStream>();
    requests_->Submit({.input = prompt}, stream, /*progress=*/std::nullopt);
    return stream;
  }
  void Deliver(const std::vector<StepEvent>& events) {
    for (const StepEvent& event : events) requests_->Deliver(event);
  }

  // The commands so far.
  std::vector<Command> Commands() {
    std::vector<Command> commands;
    requests_->commands().Pop(
        [&](const Channel<Command>::Delivery& next) { commands = next.items; });
    return commands;
  }

  // What waits in `stream`; there must be something.
  static GenerationStream::Delivery Next(GenerationStream& stream) {
    std::optional<GenerationStream::Delivery> result;
    stream.Pop([&](const GenerationStream::Delivery& next) { result = next; });
    EXPECT_TRUE(result.has_value());
    return result.value_or(GenerationStream::Delivery{});
  }

  absl::Time now_ = absl::UnixEpoch();
  std::vector<GenerationOutcome> outcomes_;  // Of what has ended.
  const std::shared_ptr<OpenRequests> requests_ =
      std::make_shared<OpenRequests>(
          "demo",
          [this](const GenerationOutcome& outcome) {
            outcomes_.push_back(outcome);
          },
          [this] { return now_; });
};

}  // namespace hwledger
