#include "core/dry_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

// Counts what the engine is asked; its answer is the number of the question.
class DryRunsTest : public testing::Test {
 protected:
  int64_t AskModel(const EngineOptions& options) {
    const auto uses = dry_runs_.OfModel(model_, options);
    return uses.ok() ? uses->front().weights.count() : -1;
  }
  int64_t AskProjector(const std::string& file, FlashAttention attention) {
    const auto uses = dry_runs_.OfProjector(file, attention);
    return uses.ok() ? uses->front().total.count() : -1;
  }

  int64_t asked_count_ = 0;
  bool fails_ = false;
  std::shared_ptr<const KnownModel> model_ =
      std::make_shared<const KnownModel>(KnownModel{.file = "/model.gguf"});
  DryRuns dry_runs_{
      [this](const std::string& path,
             const EngineOptions&) -> absl::StatusOr<std::vector<DeviceUse>> {
        EXPECT_EQ(path, "/model.gguf");
        ++asked_count_;
        if (fails_) return absl::UnavailableError("no engine");
        return std::vector<DeviceUse>{{.weights = Bytes(asked_count_)}};
      },
      [this](const std::string&,
             FlashAttention) -> absl::StatusOr<std::vector<ProjectorUse>> {
        return std::vector<ProjectorUse>{{.total = Bytes(++asked_count_)}};
      }};
};

TEST_F(DryRunsTest, AskAboutAModelOnce) {
  EXPECT_EQ(AskModel({.sequence_length = 64}), 1);
  EXPECT_EQ(AskModel({.sequence_length = 128}), 2);
  EXPECT_EQ(AskModel({.sequence_length = 64}), 1);
  model_ = std::make_shared<const KnownModel>(*model_);
  EXPECT_EQ(AskModel({.sequence_length = 64}), 3) << "the file has changed";
}

TEST_F(DryRunsTest, AskAboutAProjectorOnce) {
  const TemporaryFolder folder;
  const std::string file = folder / "mmproj.gguf";
  WriteText("a projector", file);

  EXPECT_EQ(AskProjector(file, FlashAttention::kOn), 1);
  EXPECT_EQ(AskProjector(file, FlashAttention::kOff), 2);
  EXPECT_EQ(AskProjector(file, FlashAttention::kOn), 1);
  std::filesystem::last_write_time(
      file, std::filesystem::last_write_time(file) + std::chrono::seconds(1));
  EXPECT_EQ(AskProjector(file, FlashAttention::kOn), 3);
}

TEST_F(DryRunsTest, AskAgainWhereTheEngineCouldNotAnswer) {
  fails_ = true;
  EXPECT_EQ(AskModel({}), -1);
  fails_ = false;

  EXPECT_EQ(AskModel({}), 2);
}

TEST_F(DryRunsTest, RememberALimitedNumberOfAnswers) {
  for (int64_t i = 1; i <= 256; ++i) AskModel({.sequence_length = i});
  EXPECT_EQ(AskModel({.sequence_length = 1}), 1);
  EXPECT_EQ(AskModel({.sequence_length = 257}), 257);

  EXPECT_EQ(AskModel({.sequence_length = 1}), 258);
}

}  // namespace
}  // namespace hwledger
