#include "core/model/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using testing::HasSubstr;

// What the converter makes up: constants that it computes from the config, and
// what the first block of an RWKV-7 has for no use but the loader's.
bool IsMadeUp(std::string_view name) {
  return absl::StartsWith(name, "rope_") ||
         name == "blk.0.time_mix_v0.weight" ||
         name == "blk.0.time_mix_v1.weight" ||
         name == "blk.0.time_mix_v2.weight";
}

int64_t ParameterCount(const GgufHeader& header) {
  int64_t count = 0;
  for (const GgufTensor& tensor : header.tensors) {
    if (!IsMadeUp(tensor.name)) count += tensor.element_count();
  }
  return count;
}

TEST(CatalogueTest, HasAsManyParametersAsPublished) {
  for (const CatalogueEntry& entry : Catalogue()) {
    EXPECT_EQ(ParameterCount(HeaderOf(entry)), entry.parameter_count)
        << entry.name;
  }
}

TEST(CatalogueTest, MakesHeadersThatCanBeRead) {
  for (const CatalogueEntry& entry : Catalogue()) {
    const GgufHeader header = HeaderOf(entry);

    EXPECT_THAT(ParseGguf(GgufBytes(header), GgufFileSize(header)), IsOk())
        << entry.name;
  }
}

TEST(CatalogueTest, FindsByNameAndRepository) {
  for (const CatalogueEntry& entry : Catalogue()) {
    EXPECT_EQ((*FindInCatalogue(entry.name))->name, entry.name);
    EXPECT_EQ((*FindInCatalogue(entry.repository))->name, entry.name);
  }
}

TEST(CatalogueTest, DoesNotMindCase) {
  EXPECT_THAT(FindInCatalogue("LLAMA-3.1-8B"), IsOk());
}

TEST(CatalogueTest, NamesWhatAnUnknownNameMayHaveMeant) {
  EXPECT_THAT(FindInCatalogue("llama3.1-8b"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("did you mean 'llama-3.1-8b'")));
  EXPECT_THAT(FindInCatalogue("gemma"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("gemma-2b")));
  EXPECT_THAT(
      FindInCatalogue("something else altogether"),
      StatusIs(absl::StatusCode::kNotFound, Not(HasSubstr("did you mean"))));
}

}  // namespace
}  // namespace hwledger
