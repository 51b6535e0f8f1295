#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/model/safetensors.h"
#include "tests/model/input_memory.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

absl::Status ReadTensors(std::string_view bytes) {
  return WithinBound([bytes] {
    return ParseSafetensors(bytes, static_cast<int64_t>(bytes.size())).status();
  });
}

TEST(SafetensorsMemoryTest, IsSmallForALengthThatIsALie) {
  for (const uint64_t length : {kHuge, ~uint64_t{0}, uint64_t{1} << 40}) {
    EXPECT_THAT(ReadTensors(Number(length) + "{}"),
                StatusIs(kLoss, HasSubstr(absl::StrCat(length))));
  }
}

// So many tensors with names of 126 bytes, which are 16 MB at the most.
std::string TensorsOf(int64_t count) {
  return List(
      absl::ParsedFormat<'d'>(
          R"("%0126d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})"),
      count);
}

TEST(SafetensorsMemoryTest, IsSmallForTheMostTensors) {
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131072), "}"), 0)),
              IsOk());
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131073), "}"), 0)),
              StatusIs(kLoss, HasSubstr("more tensors than any file has")));
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131071), R"(,"__metadata__":)",
                               std::string(5'000'000, '9')),
                  0)),
              StatusIs(kLoss, HasSubstr("too long: offset")));
}

TEST(SafetensorsMemoryTest, IsSmallForHundredMegabytesOfAnything) {
  const auto read = [](std::string_view start, char rest) {
    return ReadTensors(SafetensorsBytes(
        absl::StrCat(start, std::string(99'999'900, rest)), 0));
  };

  EXPECT_THAT(read("", '['), StatusIs(kLoss, HasSubstr("not a JSON object")));
  EXPECT_THAT(read(R"({"t":{"x":)", '['),
              StatusIs(kLoss, HasSubstr("nested too deep: offset")));
  EXPECT_THAT(read("{\"", 'n'), StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("{\"n\":", '9'),
              StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("", ' '), StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("", '\0'), StatusIs(kLoss, HasSubstr("not JSON: offset")));
}

}  // namespace
}  // namespace hwledger
