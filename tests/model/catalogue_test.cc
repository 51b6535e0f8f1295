#include "core/model/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using testing::HasSubstr;

int64_t ParameterCount(const GgufHeader& header) {
  int64_t count = 0;
  for (const GgufTensor& tensor : header.tensors) {
    // Constants that the converter computes from the config.
    if (!absl::StartsWith(tensor.name, "rope_"))
      count += tensor.element_count();
  }
  return count;
}

class CatalogueEntryTest : public testing::TestWithParam<CatalogueEntry> {};

TEST_P(CatalogueEntryTest, HasAsManyParametersAsPublished) {
  EXPECT_EQ(ParameterCount(HeaderOf(GetParam())), GetParam().parameter_count);
}

TEST_P(CatalogueEntryTest, MakesAHeaderThatCanBeRead) {
  const GgufHeader header = HeaderOf(GetParam());

  EXPECT_THAT(ParseGguf(GgufBytes(header), GgufFileSize(header)), IsOk());
}

TEST_P(CatalogueEntryTest, IsFoundByNameAndRepository) {
  EXPECT_EQ((*FindInCatalogue(GetParam().name))->name, GetParam().name);
  EXPECT_EQ((*FindInCatalogue(GetParam().repository))->name, GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    All, CatalogueEntryTest, testing::ValuesIn(Catalogue()),
    [](const testing::TestParamInfo<CatalogueEntry>& entry) {
      std::string name;
      for (const char c : entry.param.name) {
        if (absl::ascii_isalnum(static_cast<unsigned char>(c))) name += c;
      }
      return name;
    });

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
