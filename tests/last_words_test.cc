#include "core/last_words.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

LastWords Of(std::initializer_list<const char*> lines) {
  LastWords words;
  for (const char* line : lines) words.Add(line);
  return words;
}

TEST(LastWordsTest, AreTheLastThreeLines) {
  EXPECT_EQ(Of({}).Text(), "");
  EXPECT_EQ(Of({"1"}).Text(), "1");
  EXPECT_EQ(Of({"1", "2", "3", "4"}).Text(), "2 | 3 | 4");
}

// As ggml 0.27 logs an assertion that fails.
TEST(LastWordsTest, TellTheAssertionAndNotTheBacktraceAfterIt) {
  const LastWords words =
      Of({"info: warming up",
          "/build/ggml-0.27/src/ggml.c:3041: GGML_ASSERT(a->ne[2] == 1) failed",
          "/lib/libggml-base.so.0(+0x1a0c6) [0x7f2a1c81a0c6]",
          "/lib/libggml-base.so.0(ggml_print_backtrace+0x204) [0x7f2a1c81a504]",
          "/lib/libggml-base.so.0(ggml_abort+0x130) [0x7f2a1c81a6a0]",
          "/lib/libllama.so.0(llama_decode+0x10) [0x7f2a1cd5a0f0]"});

  EXPECT_EQ(
      words.Text(),
      "/build/ggml-0.27/src/ggml.c:3041: GGML_ASSERT(a->ne[2] == 1) failed");
}

TEST(LastWordsTest, TakeNoOtherColonForAnAssertion) {
  EXPECT_EQ(Of({"loading model.c: 3 parts", "1", "2", "3"}).Text(),
            "1 | 2 | 3");
  EXPECT_EQ(Of({"see a.h:", "1", "2", "3"}).Text(), "1 | 2 | 3");
}

}  // namespace
}  // namespace hwledger
