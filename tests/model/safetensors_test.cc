#include "core/model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;

absl::StatusOr<StoredTensors> Parse(std::string_view bytes) {
  return ParseSafetensors(bytes, static_cast<int64_t>(bytes.size()));
}

// A file of one tensor 't' of 8 bytes, described by `description`.
std::string Describing(std::string_view description) {
  return SafetensorsBytes(absl::StrCat("{\"t\":", description, "}"), 8);
}

std::string Nested(size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(SafetensorsTest, CountsBytesAndElementsOfEachDtype) {
  // 6 × 2 bytes, 4 × 4 and one more of 4, 6 × ½ byte.
  const auto stored = Parse(SafetensorsBytes({{"a", "BF16", {2, 3}, 12},
                                              {"b", "F32", {4}, 16},
                                              {"scalar", "F32", {}, 4},
                                              {"packed", "F4", {2, 3}, 3},
                                              {"nothing", "F32", {0, 7}, 0}}));

  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->size, Bytes(35));
  EXPECT_EQ(stored->tensor_count, 5);
  EXPECT_EQ(stored->element_count, 17);
  EXPECT_THAT(stored->size_by_dtype,
              ElementsAre(Pair("BF16", Bytes(12)), Pair("F32", Bytes(20)),
                          Pair("F4", Bytes(3))));
}

TEST(SafetensorsTest, CountsTablesApart) {
  const auto stored = Parse(SafetensorsBytes(
      {{"model.layers.0.self_attn.rotary_emb.inv_freq", "F32", {64}, 256},
       {"w", "F16", {3}, 6}}));

  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->element_count, 67);
  EXPECT_EQ(stored->constant_count, 64);
}

TEST(SafetensorsTest, TakesTensorsInAnyOrderAndPassesOverWhatIsNone) {
  const auto stored = Parse(SafetensorsBytes(
      R"({"b":{"data_offsets":[4,8],"shape":[1],"dtype":"F32","more":{"x":[]}},
          "__metadata__":{"format":"pt"},
          "a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}   )",
      8));

  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->element_count, 3);
}

TEST(SafetensorsTest, AddsTheFilesOfACheckpointUp) {
  StoredTensors sum = *Parse(SafetensorsBytes({{"a", "BF16", {2}, 4}}));
  Add(*Parse(SafetensorsBytes({{"b", "BF16", {3}, 6}, {"c", "F32", {1}, 4}})),
      sum);

  EXPECT_EQ(sum.size, Bytes(14));
  EXPECT_EQ(sum.element_count, 6);
  EXPECT_THAT(sum.size_by_dtype,
              ElementsAre(Pair("BF16", Bytes(10)), Pair("F32", Bytes(4))));
}

TEST(SafetensorsTest, RefusesEveryPrefixOfAFile) {
  const std::string bytes =
      SafetensorsBytes({{"a", "BF16", {2}, 4}, {"b", "F32", {1}, 4}});

  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(Parse(bytes.substr(0, length)), StatusIs(kLoss)) << length;
  }
  EXPECT_THAT(Parse(bytes), IsOk());
}

TEST(SafetensorsTest, ReadsTheStartOfAFileOnly) {
  const std::string bytes =
      SafetensorsBytes(R"({"a":{"dtype":"U8","shape":[1099511627776],)"
                       R"("data_offsets":[0,1099511627776]}})",
                       0);

  const auto stored = ParseSafetensors(
      bytes, static_cast<int64_t>(bytes.size()) + (int64_t{1} << 40));

  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->size, GiB(1024));
}

TEST(SafetensorsTest, DoesNotBelieveTheLength) {
  const auto with_length = [](uint64_t length) {
    std::string bytes = SafetensorsBytes({{"a", "F32", {1}, 4}});
    bytes.replace(0, 8, reinterpret_cast<const char*>(&length), 8);
    return bytes;
  };

  EXPECT_THAT(Parse(with_length(~uint64_t{0})),
              StatusIs(kLoss, HasSubstr("18446744073709551615")));
  EXPECT_THAT(Parse(with_length(100'000'001)),
              StatusIs(kLoss, HasSubstr("at most 100000000")));
  EXPECT_THAT(Parse(with_length(1000)),
              StatusIs(kLoss, AllOf(HasSubstr("past the end of the file"),
                                    HasSubstr("1000 bytes"))));
  EXPECT_THAT(Parse(with_length(20)), StatusIs(kLoss, HasSubstr("not JSON")));
  EXPECT_THAT(Parse(with_length(0)), StatusIs(kLoss, HasSubstr("not JSON")));
}

TEST(SafetensorsTest, KeepsWhatItMustRememberSmall) {
  const std::string name(5 << 20, 'n');

  EXPECT_THAT(Parse(SafetensorsBytes("{\"" + name + "\":0}", 0)),
              StatusIs(kLoss, HasSubstr("too long")));
  EXPECT_THAT(Parse(SafetensorsBytes(std::string(5 << 20, ' ') + "{}", 0)),
              StatusIs(kLoss, HasSubstr("too long")));
  EXPECT_THAT(Parse(SafetensorsBytes(Nested(100'000), 0)), StatusIs(kLoss));
  EXPECT_THAT(Parse(Describing(absl::StrCat("{\"x\":", Nested(100'000), "}"))),
              StatusIs(kLoss, HasSubstr("nested too deep")));
}

TEST(SafetensorsTest, NamesTheFileThatIsDamaged) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.safetensors";
  WriteText("12345678{", path);

  EXPECT_THAT(ReadSafetensors(path), StatusIs(kLoss, HasSubstr(path)));
  EXPECT_THAT(
      ReadSafetensors(folder.path()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a directory")));
  EXPECT_THAT(ReadSafetensors(folder / "other"),
              StatusIs(absl::StatusCode::kNotFound));
}

struct Damage {
  std::string name;
  std::string bytes;
  std::vector<std::string> message;
};

class SafetensorsDamageTest : public testing::TestWithParam<Damage> {};

TEST_P(SafetensorsDamageTest, IsRefusedWithWhatIsWrong) {
  const absl::Status status = Parse(GetParam().bytes).status();

  EXPECT_THAT(status, StatusIs(kLoss, HasSubstr("offset")));
  for (const std::string& part : GetParam().message) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SafetensorsDamageTest,
    testing::Values(
        Damage{"List", SafetensorsBytes("[]", 0), {"not a JSON object"}},
        Damage{"Number", Describing("7"), {"described by", "'t'"}},
        Damage{"NoDtype",
               Describing(R"({"shape":[8],"data_offsets":[0,8]})"),
               {"needs dtype", "'t'"}},
        Damage{"NoShape",
               Describing(R"({"dtype":"U8","data_offsets":[0,8]})"),
               {"needs dtype", "'t'"}},
        Damage{"OneOffset",
               Describing(R"({"dtype":"U8","shape":[8],"data_offsets":[8]})"),
               {"needs dtype", "'t'"}},
        Damage{
            "ThreeOffsets",
            Describing(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8,8]})"),
            {"not two whole numbers", "'t'"}},
        Damage{"UnknownDtype",
               Describing(R"({"dtype":"Q8","shape":[8],"data_offsets":[0,8]})"),
               {"unknown dtype 'Q8'", "'t'"}},
        Damage{"DtypeInNumbers",
               Describing(R"({"dtype":8,"shape":[8],"data_offsets":[0,8]})"),
               {"dtype is not a text", "'t'"}},
        Damage{
            "NegativeDimension",
            Describing(R"({"dtype":"U8","shape":[-8],"data_offsets":[0,8]})"),
            {"list of whole numbers", "'t'"}},
        Damage{
            "HalfDimension",
            Describing(R"({"dtype":"U8","shape":[8.5],"data_offsets":[0,8]})"),
            {"list of whole numbers", "'t'"}},
        Damage{
            "NestedShape",
            Describing(R"({"dtype":"U8","shape":[[8]],"data_offsets":[0,8]})"),
            {"list of whole numbers", "'t'"}},
        Damage{"CountlessElements",
               Describing(R"({"dtype":"U8","shape":[4294967296,4294967296],
                              "data_offsets":[0,8]})"),
               {"more elements than can be counted", "'t'"}},
        Damage{"CountlessBits",
               Describing(R"({"dtype":"F64","shape":[1152921504606846976],
                              "data_offsets":[0,8]})"),
               {"64 bits", "'t'"}},
        Damage{"HalfAByte",
               Describing(R"({"dtype":"F4","shape":[3],"data_offsets":[0,2]})"),
               {"no whole bytes", "'t'"}},
        Damage{
            "TooFewBytes",
            Describing(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"),
            {"shape and dtype make 12 bytes, where data_offsets are 0 and 8",
             "'t'"}},
        Damage{"BackwardOffsets",
               Describing(R"({"dtype":"U8","shape":[8],"data_offsets":[8,0]})"),
               {"data_offsets are 8 and 0", "'t'"}},
        Damage{"Twice",
               SafetensorsBytes({{"t", "U8", {4}, 4}, {"t", "U8", {4}, 4}}),
               {"a tensor twice", "'t'"}},
        // The header is 53 bytes long, the data start at offset 61.
        Damage{
            "PastTheEnd",
            SafetensorsBytes(
                R"({"t":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})", 8),
            {"past the end of the file", "offset 61", "9 bytes", "has 8"}},
        Damage{"Overlap",
               SafetensorsBytes(
                   R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
                   R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                   8),
               {"overlap"}},
        Damage{"Gap",
               SafetensorsBytes(
                   R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                   R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                   8),
               {"a gap between two tensors"}},
        Damage{
            "Rest",
            SafetensorsBytes(
                R"({"t":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}})", 8),
            {"goes on after its last tensor", "1 bytes"}}),
    [](const testing::TestParamInfo<Damage>& damage) {
      return damage.param.name;
    });

}  // namespace
}  // namespace hwledger
