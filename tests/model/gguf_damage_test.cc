#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/model/gguf.h"
#include "tests/status_matchers.h"

// Bytes that no writer of GGUF makes, field by field.
namespace hwledger {
namespace {

using testing::HasSubstr;

constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;
constexpr uint32_t kUint32 = 4;
constexpr uint32_t kText = 8;
constexpr uint32_t kArray = 9;
constexpr uint64_t kHuge = (uint64_t{1} << 63) - 1;

std::string Number(auto number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

std::string Text(std::string_view text) {
  return Number(uint64_t{text.size()}) + std::string(text);
}

std::string Start(uint64_t tensors, uint64_t keys) {
  return "GGUF" + Number(uint32_t{3}) + Number(tensors) + Number(keys);
}

// A file of one key, whose value is still to come.
std::string KeyOf(std::string_view key, uint32_t type) {
  return Start(0, 1) + Text(key) + Number(type);
}

struct Place {
  int32_t type = 0;
  int64_t offset = 0;
};

// A file of one tensor 't' with 64 bytes of data.
std::string TensorOf(const std::vector<int64_t>& dimensions, Place place) {
  std::string bytes = Start(1, 0) + Text("t") +
                      Number(static_cast<uint32_t>(dimensions.size()));
  for (const int64_t dimension : dimensions) bytes += Number(dimension);
  bytes += Number(place.type) + Number(place.offset);
  bytes.resize((bytes.size() + 31) / 32 * 32 + 64);
  return bytes;
}

struct Damage {
  std::string name;
  std::string bytes;
  absl::StatusCode code;
  std::vector<std::string> message;
};

class GgufDamageTest : public testing::TestWithParam<Damage> {};

TEST_P(GgufDamageTest, IsRefusedWithWhatIsWrongAndWhere) {
  const std::string& bytes = GetParam().bytes;

  const absl::Status status =
      ParseGguf(bytes, static_cast<int64_t>(bytes.size())).status();

  EXPECT_THAT(status, StatusIs(GetParam().code));
  for (const std::string& part : GetParam().message) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

std::string NameOf(const testing::TestParamInfo<Damage>& damage) {
  return damage.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Format, GgufDamageTest,
    testing::Values(
        Damage{"Empty", "", kLoss, {"not a GGUF file: it is empty"}},
        Damage{"AnotherFormat",
               "PK\x03\x04 and so on",
               kLoss,
               {"not a GGUF file", "PK"}},
        Damage{"VersionOne",
               "GGUF" + Number(uint32_t{1}) + std::string(16, '\0'),
               kLoss,
               {"unknown GGUF version 1"}},
        Damage{"BigEndian",
               "GGUF" + Number(uint32_t{3} << 24) + std::string(16, '\0'),
               kLoss,
               {"big-endian"}},
        Damage{"CountlessTensors",
               Start(kHuge, 0),
               kLoss,
               {"more tensors", "offset 8", "9223372036854775807"}},
        Damage{"CountlessKeys",
               Start(0, ~uint64_t{0}),
               kLoss,
               {"more keys", "offset 16", "18446744073709551615"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Key, GgufDamageTest,
    testing::Values(
        Damage{"WithoutName",
               KeyOf("", kUint32) + Number(uint32_t{1}),
               kLoss,
               {"a key without a name", "offset 24"}},
        Damage{"TooLong",
               KeyOf(std::string(65536, 'k'), kUint32) + Number(uint32_t{1}),
               kLoss,
               {"a key is too long", "offset 24", "65536"}},
        Damage{"LongerThanTheFile",
               Start(0, 1) + Number(uint64_t{1000}) + "k",
               kLoss,
               {"ends too early", "offset 32", "1000"}},
        Damage{"Twice",
               Start(0, 2) + Text("k") + Number(kUint32) + Number(uint32_t{1}) +
                   Text("k") + Number(kUint32) + Number(uint32_t{1}),
               kLoss,
               {"a key twice", "offset 41", "'k'"}},
        Damage{"OfUnknownType",
               KeyOf("k", 13) + Number(uint32_t{1}),
               kLoss,
               {"unknown type of value", "offset 33", "type 13", "'k'"}},
        Damage{"TextLongerThanTheFile",
               KeyOf("k", kText) + Number(kHuge),
               kLoss,
               {"ends too early", "9223372036854775807", "'k'"}},
        Damage{"ArrayOfArrays",
               KeyOf("k", kArray) + Number(kArray) + Number(uint64_t{1}) +
                   Number(kUint32) + Number(uint64_t{0}),
               kLoss,
               {"an array of arrays", "offset 37", "'k'"}},
        Damage{"ArrayOfUnknownType",
               KeyOf("k", kArray) + Number(uint32_t{99}) + Number(uint64_t{0}),
               kLoss,
               {"unknown type of value", "type 99", "'k'"}},
        Damage{"ArrayLongerThanTheFile",
               KeyOf("k", kArray) + Number(kUint32) + Number(kHuge),
               kLoss,
               {"longer than the header", "9223372036854775807", "'k'"}},
        Damage{"ArrayOfTextsLongerThanTheFile",
               KeyOf("k", kArray) + Number(kText) + Number(uint64_t{2}) +
                   Text("a") + Number(kHuge),
               kLoss,
               {"ends too early", "'k'"}},
        Damage{"AlignmentOfNothing",
               KeyOf("general.alignment", kUint32) + Number(uint32_t{0}),
               kLoss,
               {"alignment is not a power of two: 0"}},
        Damage{"AlignmentOfThree",
               KeyOf("general.alignment", kUint32) + Number(uint32_t{3}),
               kLoss,
               {"alignment is not a power of two: 3"}},
        Damage{"AlignmentInWords",
               KeyOf("general.alignment", kText) + Text("32"),
               kLoss,
               {"alignment is not a power of two"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Tensor, GgufDamageTest,
    testing::Values(
        Damage{"NameTooLong",
               Start(1, 0) + Text(std::string(64, 't')),
               kLoss,
               {"a tensor name is too long", "offset 24", "64 bytes"}},
        // 33 bytes describe the first 't': 9 of name, 4, 8, 4 and 8.
        Damage{"Twice",
               Start(2, 0) + TensorOf({1}, {}).substr(24, 33) +
                   TensorOf({1}, {.offset = 32}).substr(24),
               kLoss,
               {"a tensor twice", "offset 57", "'t'"}},
        Damage{"WithoutDimensions",
               TensorOf({}, {}),
               kLoss,
               {"1 to 4 dimensions", "0 dimensions", "'t'"}},
        Damage{"OfFiveDimensions",
               TensorOf({1, 1, 1, 1, 1}, {}),
               kLoss,
               {"1 to 4 dimensions", "5 dimensions", "'t'"}},
        Damage{"OfNoElements",
               TensorOf({4, 0}, {}),
               kLoss,
               {"must be positive", "dimension 0", "'t'"}},
        Damage{"OfFewerThanNoElements",
               TensorOf({-4}, {}),
               kLoss,
               {"must be positive", "dimension -4", "'t'"}},
        Damage{"OfCountlessElements",
               TensorOf({int64_t{1} << 40, int64_t{1} << 40}, {}),
               kLoss,
               {"past the end of the file", "'t'"}},
        Damage{"OfUnknownType",
               TensorOf({4}, {.type = 4}),
               kLoss,
               {"unknown type of tensor", "type 4", "'t'"}},
        Damage{"OfBrokenBlocks",
               TensorOf({48}, {.type = 2}),
               kLoss,
               {"whole blocks", "48 elements", "blocks of 32", "'t'"}},
        Damage{"PastTheEnd",
               TensorOf({17}, {}),
               kLoss,
               {"past the end of the file", "68 bytes", "has 64", "'t'"}},
        Damage{"AfterAGap",
               TensorOf({8}, {.offset = 32}),
               kLoss,
               {"not where the one before it ends", "offset 32", "'t'"}},
        Damage{"BeforeTheData",
               TensorOf({8}, {.offset = -32}),
               kLoss,
               {"not where the one before it ends", "offset -32", "'t'"}}),
    NameOf);

}  // namespace
}  // namespace hwledger
