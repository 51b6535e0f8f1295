#include "core/engine/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

using Chat = std::vector<ChatMessage>;

// In the form that most models use.
constexpr char kChatMl[] =
    "{{ bos_token }}{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% endif %}";

TEST(ChatTemplateTest, WritesTheConversationUpToTheAnswer) {
  const auto chat = ChatTemplate::Parse(kChatMl, {.begin_of_text = "<s>"});
  ASSERT_THAT(chat, IsOk());

  EXPECT_THAT(chat->Render(Chat{{"system", "Be brief."}, {"user", "Hé?"}}),
              IsOkAndHolds("<s><|im_start|>system\nBe brief.<|im_end|>\n"
                           "<|im_start|>user\nHé?<|im_end|>\n"
                           "<|im_start|>assistant\n"));
}

TEST(ChatTemplateTest, PutsTheSystemsWordsElsewhereWhereATemplateHasNone) {
  const auto chat = ChatTemplate::Parse(
      "{% for message in messages %}{% if message['role'] == 'user' %}"
      "U:{{ message['content'] }};{% endif %}{% endfor %}",
      {});
  ASSERT_THAT(chat, IsOk());

  EXPECT_THAT(chat->Render(Chat{{"system", "Be brief."}, {"user", "Hi"}}),
              IsOkAndHolds("U:Be brief.\nHi;"));
}

TEST(ChatTemplateTest, GivesTextsAsPartsToATemplateThatAsksForThose) {
  const auto chat = ChatTemplate::Parse(
      "{% for message in messages %}{% for part in message['content'] %}"
      "{% if part['type'] == 'text' %}{{ part['text'] }};{% endif %}"
      "{% endfor %}{% endfor %}",
      {});
  ASSERT_THAT(chat, IsOk());

  EXPECT_THAT(chat->Render(Chat{{"user", "Hi"}, {"assistant", "Ho"}}),
              IsOkAndHolds("Hi;Ho;"));
}

TEST(ChatTemplateTest, TellsTheTime) {
  const auto chat = ChatTemplate::Parse("{{ strftime_now('%Y') }}", {});
  ASSERT_THAT(chat, IsOk());

  EXPECT_THAT(chat->Render(Chat{{"user", "Hi"}}),
              IsOkAndHolds(testing::MatchesRegex("2[0-9]{3}")));
}

TEST(ChatTemplateTest, RefusesATemplateThatCannotBeRead) {
  EXPECT_THAT(ChatTemplate::Parse("{% for %}", {}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("use prompt instead of chat")));
}

TEST(ChatTemplateTest, TellsWhyATemplateRefusesAConversation) {
  const auto chat = ChatTemplate::Parse(
      "{% if messages[0]['role'] != 'user' %}"
      "{{ raise_exception('the user must begin') }}{% endif %}",
      {});
  ASSERT_THAT(chat, IsOk());

  EXPECT_THAT(chat->Render(Chat{{"assistant", "Hi"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("the user must begin")));
}

}  // namespace
}  // namespace hwledger
