#include "server/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTextTest, TellsEveryLoadedModel) {
  v1::ListLoadedModelsResponse loaded;
  for (const char* id : {"demo", "C:\\\"models\"\n"}) {
    v1::LoadedModel& model = *loaded.add_models();
    model.set_model_id(id);
    model.mutable_counts()->set_completion_tokens(7);
    model.mutable_memory()->set_predicted_bytes(5);
  }

  const std::string text = MetricsText(loaded, {});

  EXPECT_THAT(text, HasSubstr("# TYPE hwledger_loaded_models gauge\n"
                              "hwledger_loaded_models 2\n"));
  EXPECT_THAT(
      text,
      HasSubstr("# HELP hwledger_completion_tokens_total Tokens generated.\n"
                "# TYPE hwledger_completion_tokens_total counter\n"
                "hwledger_completion_tokens_total{model=\"demo\"} 7\n"
                "hwledger_completion_tokens_total{model="
                "\"C:\\\\\\\"models\\\"\\n\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("hwledger_predicted_bytes{model=\"demo\"} 5\n"));
}

TEST(MetricsTextTest, AddsUpTheBucketsOfAHistogram) {
  v1::ListLoadedModelsResponse loaded;
  v1::LoadedModel& model = *loaded.add_models();
  model.set_model_id("demo");
  v1::TimeHistogram& times =
      *model.mutable_counts()->mutable_times_to_first_token();
  times.add_bounds_seconds(0.0005);
  times.add_bounds_seconds(2.5);
  for (const int64_t count : {3, 0, 1}) times.add_counts(count);
  times.set_sum_seconds(4.25);

  EXPECT_THAT(
      MetricsText(loaded, {}),
      HasSubstr(
          "# TYPE hwledger_time_to_first_token_seconds histogram\n"
          "hwledger_time_to_first_token_seconds_bucket{model=\"demo\","
          "le=\"0.0005\"} 3\n"
          "hwledger_time_to_first_token_seconds_bucket{model=\"demo\","
          "le=\"2.5\"} 3\n"
          "hwledger_time_to_first_token_seconds_bucket{model=\"demo\","
          "le=\"+Inf\"} 4\n"
          "hwledger_time_to_first_token_seconds_sum{model=\"demo\"} 4.25\n"
          "hwledger_time_to_first_token_seconds_count{model=\"demo\"} 4\n"));
}

TEST(MetricsTextTest, LeavesOutWhatIsNotKnown) {
  v1::ListLoadedModelsResponse loaded;
  loaded.add_models()->set_model_id("demo");
  v1::ListDevicesResponse devices;
  v1::Device& device = *devices.add_devices();
  device.set_name("CUDA0");
  device.set_free_bytes(0);

  const std::string text = MetricsText(loaded, devices);

  EXPECT_THAT(text,
              HasSubstr("hwledger_device_free_bytes{device=\"CUDA0\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("hwledger_device_total_bytes{")));
  EXPECT_THAT(text, Not(HasSubstr("hwledger_resident_bytes{")));
}

}  // namespace
}  // namespace hwledger
