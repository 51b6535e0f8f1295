#include "core/engine/adapter_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Adapters = std::vector<AdapterScale>;

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(AdapterScaleTest, NamesTheAdapterAndTheValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();

  EXPECT_THAT(Validate(Adapters{{"/a", 0}, {"/b", 10}}), IsOk());
  EXPECT_THAT(Validate(Adapters{{"/a"}, {"b.gguf"}}),
              IsRefused("lora_adapters[1].path must be an absolute path; got "
                        "\"b.gguf\""));
  EXPECT_THAT(Validate(Adapters{{"/a"}, {"/a"}}),
              IsRefused("lora_adapters[1].path must come once; got \"/a\" "
                        "twice"));
  EXPECT_THAT(
      Validate(Adapters{{"/a", 11}}),
      IsRefused("lora_adapters[0].scale must be between 0 and 10; got 11"));
  EXPECT_THAT(Validate(Adapters{{"/a", nan}}), IsRefused("got nan"));
}

TEST(AdapterScaleTest, AppliesWhatIsAskedAndNothingElse) {
  const Adapters loaded = {{"/a", 0.5}, {"/b", 2}};

  EXPECT_THAT(ScalesOf({}, loaded), IsOkAndHolds(ElementsAre(0.5F, 2.0F)));
  EXPECT_THAT(ScalesOf(Adapters{{"/b", 3}}, loaded),
              IsOkAndHolds(ElementsAre(0.0F, 3.0F)));
  EXPECT_THAT(ScalesOf({}, {}), IsOkAndHolds(IsEmpty()));
}

TEST(AdapterScaleTest, RefusesAnAdapterThatIsNotLoaded) {
  EXPECT_THAT(ScalesOf(Adapters{{"/c"}}, Adapters{{"/a"}, {"/b"}}),
              IsRefused("lora_adapters[0].path must be an adapter that the "
                        "model was loaded with (/a, /b); got \"/c\""));
  EXPECT_THAT(ScalesOf(Adapters{{"/c"}}, {}), IsRefused("(none); got \"/c\""));
}

}  // namespace
}  // namespace hwledger
