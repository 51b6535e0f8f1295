#include "core/model/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr StatusCode kInvalid = StatusCode::kInvalidArgument;
constexpr StatusCode kLoss = StatusCode::kDataLoss;
constexpr uint32_t kText = 8;
constexpr uid_t kNobody = 65534;
constexpr uint32_t kArray = 9;

std::string Number(auto number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

// The start of a file of one key, up to the key's value.
std::string BeforeValue(uint32_t type) {
  return "GGUF" + Number(uint32_t{3}) + Number(uint64_t{0}) +
         Number(uint64_t{1}) + Number(uint64_t{1}) + "k" + Number(type);
}

TEST(GgufTest, ReadsWhatWasWritten) {
  GgufHeader written = TinyLlama();
  written.metadata["a.large"] = int64_t{1} << 40;
  written.metadata["a.list"] = GgufArray{.length = 3, .integers = {1, -2, 3}};
  written.metadata["a.negative"] = int64_t{-5};
  written.metadata["a.truth"] = true;
  written.metadata["a.vocabulary"] = GgufArray{.length = 5000};
  TemporaryFolder folder;
  WriteGguf(written, folder / "model.gguf");

  const absl::StatusOr<GgufHeader> read = ReadGguf(folder / "model.gguf");

  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->metadata.size(), written.metadata.size());
  EXPECT_EQ(read->Text("general.architecture"), "llama");
  EXPECT_EQ(read->Integer("llama.block_count"), 2);
  EXPECT_EQ(read->Real("llama.attention.layer_norm_rms_epsilon"), 1e-5F);
  EXPECT_EQ(read->Integer("a.large"), int64_t{1} << 40);
  EXPECT_THAT(read->Array("a.list")->integers, ElementsAre(1, -2, 3));
  EXPECT_EQ(read->Integer("a.negative"), -5);
  EXPECT_EQ(std::get<bool>(read->metadata.at("a.truth")), true);
  EXPECT_EQ(read->Array("a.vocabulary")->length, 5000);
  EXPECT_THAT(read->Array("a.vocabulary")->integers, ElementsAre());
  ASSERT_EQ(read->tensors.size(), written.tensors.size());
  for (size_t i = 0; i < written.tensors.size(); ++i) {
    EXPECT_EQ(read->tensors[i].name, written.tensors[i].name);
    EXPECT_EQ(read->tensors[i].type, written.tensors[i].type);
    EXPECT_EQ(read->tensors[i].dimensions, written.tensors[i].dimensions);
  }
  // token_embd: 64 · 8 halves; output_norm: 64 floats.
  EXPECT_EQ(read->tensors[1].offset, 1024);
  EXPECT_EQ(read->tensors[2].offset, 1024 + 256);
}

TEST(GgufTest, SaysNothingOfAnAbsentKeyOrOneOfAnotherKind) {
  const GgufHeader header = TinyLlama();

  EXPECT_EQ(header.Integer("llama.none"), std::nullopt);
  EXPECT_EQ(header.Integer("general.architecture"), std::nullopt);
  EXPECT_EQ(header.Real("llama.block_count"), std::nullopt);
  EXPECT_EQ(header.Text("llama.block_count"), std::nullopt);
  EXPECT_EQ(header.Array("llama.block_count"), nullptr);
}

TEST(GgufTest, NeedsNoMoreThanTheHeader) {
  const GgufHeader header = TinyLlama();

  EXPECT_THAT(ParseGguf(GgufBytes(header), GgufFileSize(header)), IsOk());
  EXPECT_THAT(ParseGguf(GgufBytes(header), GgufFileSize(header) - 1),
              StatusIs(kLoss, HasSubstr("past the end of the file")));
}

TEST(GgufTest, ReadsVersionTwo) {
  const GgufHeader header = TinyLlama();
  std::string bytes = GgufBytes(header);
  bytes[4] = 2;

  EXPECT_THAT(ParseGguf(bytes, GgufFileSize(header)), IsOk());
}

TEST(GgufTest, StoresUnsignedNumbersPastTheRangeAsTheLargest) {
  const std::string bytes = BeforeValue(/*type=*/10) + Number(~uint64_t{0});

  const absl::StatusOr<GgufHeader> header = ParseGguf(bytes, 1000);

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->Integer("k"), std::numeric_limits<int64_t>::max());
}

TEST(GgufTest, LeavesOutTextTooLongToKeep) {
  GgufHeader written = TinyLlama();
  written.metadata["long"] = std::string((1 << 20) + 1, 'x');

  const absl::StatusOr<GgufHeader> read =
      ParseGguf(GgufBytes(written), GgufFileSize(written));

  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->Text("long"), std::nullopt);
  EXPECT_EQ(read->Integer("llama.block_count"), 2);
}

TEST(GgufTest, SaysWhichFileIsBadAndWhere) {
  TemporaryFolder folder;
  const std::string cut = folder / "cut.gguf";
  std::ofstream(cut, std::ios::binary) << BeforeValue(kText);

  EXPECT_THAT(ReadGguf(cut),
              StatusIs(kLoss, AllOf(HasSubstr("offset 37"),
                                    HasSubstr("key 'k'"), HasSubstr(cut))));
  EXPECT_THAT(ReadGguf(folder / "none"),
              StatusIs(StatusCode::kNotFound, HasSubstr(folder / "none")));
  EXPECT_THAT(ReadGguf(cut + "/inside"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(ReadGguf(folder.path()),
              StatusIs(kInvalid, HasSubstr("a directory")));
}

TEST(GgufTest, DoesNotWaitForPipesOrDevices) {
  TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);

  EXPECT_THAT(ReadGguf(folder / "pipe"),
              StatusIs(kInvalid, HasSubstr("not a regular file")));
  EXPECT_THAT(ReadGguf("/dev/zero"),
              StatusIs(kInvalid, HasSubstr("not a regular file")));
}

TEST(GgufTest, SaysThatAFileMayNotBeRead) {
  TemporaryFolder folder;
  const std::string path = folder / "model.gguf";
  WriteGguf(TinyLlama(), path);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(path, std::filesystem::perms::none);
  // Nothing is forbidden to root.
  const bool is_root = geteuid() == 0;
  ASSERT_TRUE(!is_root || seteuid(kNobody) == 0);

  const absl::StatusOr<GgufHeader> header = ReadGguf(path);

  ASSERT_TRUE(!is_root || seteuid(0) == 0);
  EXPECT_THAT(header, StatusIs(StatusCode::kPermissionDenied, HasSubstr(path)));
}

TEST(GgufTest, GivesUpOnAHeaderWithoutEnd) {
  // A hole of 1 TB reads as texts of no length.
  TemporaryFolder folder;
  const std::string path = folder / "hole.gguf";
  const auto write = [&path](uint64_t length) {
    std::ofstream(path, std::ios::binary)
        << BeforeValue(kArray) << Number(kText) << Number(length);
    std::filesystem::resize_file(path, uintmax_t{1} << 40);
  };

  write(1 << 20);
  EXPECT_THAT(ReadGguf(path), IsOk());
  write(uint64_t{1} << 30);
  EXPECT_THAT(ReadGguf(path),
              StatusIs(kLoss, HasSubstr("longer than the header")));
}

TEST(GgufTest, RefusesEveryPrefixOfAFile) {
  const std::string bytes = GgufBytes(TinyLlama());

  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(ParseGguf(bytes.substr(0, size), static_cast<int64_t>(size)),
                StatusIs(kLoss))
        << size;
  }
}

}  // namespace
}  // namespace hwledger
