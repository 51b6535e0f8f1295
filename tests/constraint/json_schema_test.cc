#include "core/constraint/json_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/constraint/grammar_match.h"
#include "core/field_error.h"
#include "tests/constraint/example_schemas.h"
#include "tests/constraint/random_text.h"
#include "tests/constraint/schema_validator.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Grammar GrammarFor(std::string_view schema) {
  const auto text = GrammarOfSchema("json_schema", schema);
  EXPECT_THAT(text, IsOk()) << schema;
  const auto grammar = ParseGrammar(text.ok() ? *text : "root ::= \"\"");
  EXPECT_THAT(grammar, IsOk()) << schema;
  return *grammar;
}

// Whether a model may answer so.
bool Derives(std::string_view schema, std::string_view document) {
  GrammarMatch match(std::make_shared<const Grammar>(GrammarFor(schema)));
  return match.Accept(document) && match.front().complete;
}

auto IsRefused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

absl::Status StatusFor(std::string_view schema) {
  return GrammarOfSchema("json_schema", schema).status();
}

TEST(JsonSchemaTest, DerivesOnlyWhatAnotherImplementationAccepts) {
  std::mt19937 random(1);
  for (const std::string_view schema : kExampleSchemas) {
    const Grammar grammar = GrammarFor(schema);
    for (int i = 0; i < 40; ++i) {
      const std::string document = RandomText(grammar, random);

      EXPECT_THAT(document, Not(IsEmpty())) << schema;
      EXPECT_EQ(SchemaViolation(schema, document), "") << schema << "\n"
                                                       << document;
    }
  }
}

TEST(JsonSchemaTest, IsCheckedByAnImplementationThatRefuses) {
  EXPECT_THAT(SchemaViolation(R"({"type": "integer"})", "1.5"), Not(IsEmpty()));
  EXPECT_THAT(SchemaViolation(R"({"format": "date"})", R"("2023-02-29")"),
              Not(IsEmpty()));
}

TEST(JsonSchemaTest, KeepsPropertiesInTheirOrderAndOthersOut) {
  const char* const schema =
      R"({"type": "object", "properties":
          {"z": {"type": "integer"}, "a": {"type": "null"}},
          "required": ["a"]})";

  EXPECT_TRUE(Derives(schema, R"({"z":1,"a":null})"));
  EXPECT_TRUE(Derives(schema, "{\n  \"a\": null\n}"));
  EXPECT_FALSE(Derives(schema, R"({"a":null,"z":1})"));
  EXPECT_FALSE(Derives(schema, R"({"z":1})"));
  EXPECT_FALSE(Derives(schema, R"({"z":1,"a":null,"b":2})"));
}

TEST(JsonSchemaTest, LetsOtherPropertiesNotTakeANameThatIsTaken) {
  const char* const schema =
      R"({"properties": {"ab": {"type": "integer"}},
          "additionalProperties": {"type": "null"}})";

  EXPECT_TRUE(Derives(schema, R"({"ab":1,"a":null,"abc":null,"":null})"));
  EXPECT_TRUE(Derives(schema, R"({"b":null})"));
  EXPECT_FALSE(Derives(schema, R"({"ab":null})"));
  EXPECT_FALSE(Derives(schema, "{\"\\u0061b\":null}"));
}

TEST(JsonSchemaTest, DerivesEveryNumberBetweenBounds) {
  const char* const schema =
      R"({"type": "integer", "minimum": -12, "maximum": 105})";

  for (int number = -200; number <= 200; ++number) {
    EXPECT_EQ(Derives(schema, absl::StrCat(number)),
              number >= -12 && number <= 105)
        << number;
  }
  EXPECT_FALSE(Derives(schema, "007"));
}

TEST(JsonSchemaTest, DerivesFractionsUpToABound) {
  const char* const schema =
      R"({"type": "number", "exclusiveMinimum": 0.25, "maximum": 1.5})";

  for (const char* number : {"0.250001", "0.3", "1", "1.0", "1.49", "1.5"}) {
    EXPECT_TRUE(Derives(schema, number)) << number;
  }
  for (const char* number : {"0", "0.25", "0.2", "-1", "1.51", "2", "1e9"}) {
    EXPECT_FALSE(Derives(schema, number)) << number;
  }
}

TEST(JsonSchemaTest, CountsCharactersAndNotTheirBytes) {
  const char* const schema = R"({"type": "string", "maxLength": 2})";

  EXPECT_TRUE(Derives(schema, "\"éé\""));
  EXPECT_TRUE(Derives(schema, R"("\n\u00e9")"));
  EXPECT_FALSE(Derives(schema, "\"abc\""));
  EXPECT_FALSE(Derives(schema, "\"\\ud800\"")) << "half a character";
}

TEST(JsonSchemaTest, ReadsAPatternAsJsonSchemaDoes) {
  EXPECT_TRUE(Derives(R"({"pattern": "b+"})", R"("abbc")"));
  EXPECT_TRUE(Derives(R"({"pattern": "^b|c$"})", R"("bx")"));
  EXPECT_TRUE(Derives(R"({"pattern": "^b|c$"})", R"("xc")"));
  EXPECT_FALSE(Derives(R"({"pattern": "^b|c$"})", R"("xb")"));
  EXPECT_TRUE(Derives(R"({"pattern": "^\"$"})", R"("\"")"));
  EXPECT_FALSE(Derives(R"({"pattern": "^.$"})", R"("\n")"));
  EXPECT_FALSE(Derives(R"({"pattern": "^[^a]$"})", R"("a")"));
}

TEST(JsonSchemaTest, NamesAnUnsupportedKeywordAndItsPlace) {
  EXPECT_THAT(StatusFor(R"({"properties": {"a": {"not": {}}}})"),
              IsRefused("json_schema has an unsupported keyword \"not\" at "
                        "#/properties/a"));
  EXPECT_THAT(StatusFor(R"({"anyOf": [{}, {"multipleOf": 3}]})"),
              IsRefused("\"multipleOf\" at #/anyOf/1"));
  EXPECT_THAT(StatusFor(R"({"type": "string", "format": "regex"})"),
              IsRefused("has an unsupported \"format\""));
  EXPECT_THAT(StatusFor(R"({"enum": [1], "minimum": 0})"),
              IsRefused("\"minimum\" beside values at #"));
  EXPECT_EQ(FieldOf(StatusFor(R"({"not": {}})")), "json_schema");
}

TEST(JsonSchemaTest, FollowsReferencesOfEveryDialect) {
  const char* const schema =
      R"({"items": {"$ref": "#/definitions/a~1b"},
          "definitions": {"a/b": {"type": "null"}}})";

  EXPECT_TRUE(Derives(schema, "[null,null]"));
  EXPECT_FALSE(Derives(schema, "[1]"));
  EXPECT_TRUE(Derives(R"({"items": {"$ref": "#"}, "maxItems": 1})", "[[[]]]"));
}

TEST(JsonSchemaTest, RefusesReferencesThatLeadNowhere) {
  EXPECT_THAT(StatusFor(R"({"$ref": "https://example.com/a.json"})"),
              IsRefused("has a $ref that is not"));
  EXPECT_THAT(StatusFor(R"({"$ref": "#/$defs/a"})"),
              IsRefused("has a $ref to nothing, \"#/$defs/a\", at #"));
  EXPECT_THAT(StatusFor(R"({"$ref": "#"})"), IsRefused(""));
  EXPECT_THAT(StatusFor(R"({"allOf": [{"$ref": "#"}]})"), IsRefused(""));
}

TEST(JsonSchemaTest, RefusesWhatNothingSatisfies) {
  EXPECT_THAT(StatusFor("false"), IsRefused("allows no value at #"));
  EXPECT_THAT(StatusFor(R"({"type": "integer", "enum": ["a"]})"),
              IsRefused("allows no value at #"));
  EXPECT_THAT(StatusFor(R"({"allOf": [{"type": "string"}, {"type": "null"}]})"),
              IsRefused("allows no value at #"));
  EXPECT_THAT(StatusFor(R"({"minimum": 2, "maximum": 1})"),
              IsRefused("between which no number lies"));
  EXPECT_THAT(StatusFor(R"({"type": "object", "required": ["a"],
                            "properties": {"a": {"$ref": "#"}}})"),
              IsRefused("allows no value that ends"));
}

TEST(JsonSchemaTest, RefusesAOneOfOfWhichTwoMayHold) {
  EXPECT_THAT(StatusFor(R"({"oneOf": [{"type": "integer"},
                                      {"type": "number", "minimum": 3}]})"),
              IsRefused("one value may satisfy 0 and 1, at #"));
  EXPECT_THAT(StatusFor(R"({"oneOf": [{"minLength": 1}, {"maximum": 1}]})"),
              IsRefused("oneOf"))
      << "each accepts every value of another type";
}

TEST(JsonSchemaTest, RefusesWhatIsNoSchema) {
  EXPECT_THAT(StatusFor("{"), IsRefused("json_schema is not JSON"));
  EXPECT_THAT(StatusFor("3"), IsRefused("has what is no schema at #"));
  EXPECT_THAT(StatusFor(R"({"type": "text"})"),
              IsRefused("has a value that \"type\" cannot have at #"));
  EXPECT_THAT(StatusFor(R"({"items": {"minLength": -1}})"),
              IsRefused("has a value that \"minLength\" cannot have at "
                        "#/items"));
}

TEST(JsonSchemaTest, BoundsWhatASchemaMayBecome) {
  std::string deep = "{}";
  for (int i = 0; i < 40; ++i) deep = absl::StrCat(R"({"items": )", deep, "}");
  std::string deeper = deep;
  for (int i = 0; i < 20; ++i) {
    deeper = absl::StrCat(R"({"items": )", deeper, "}");
  }

  EXPECT_THAT(StatusFor(deep), IsOk());
  EXPECT_THAT(StatusFor(deeper), IsRefused(""));
  EXPECT_THAT(StatusFor(std::string(70'000, ' ')), IsRefused("65536 bytes"));
  EXPECT_THAT(StatusFor(R"({"type": "array", "items": {"type": "array",
                "items": {"minLength": 9999}, "minItems": 999},
                "minItems": 999})"),
              IsOk())
      << "rules are shared";
}

TEST(JsonSchemaTest, WritesRulesThatOthersCanReferTo) {
  const auto rules = RulesOfSchema("chat.tools[0].parameters_schema",
                                   R"({"type": "null"})", "call-0");

  ASSERT_THAT(rules, IsOk());
  const auto grammar =
      ParseGrammar(absl::StrCat("root ::= \"f(\" call-0 \")\"\n", *rules));
  ASSERT_THAT(grammar, IsOk());
  GrammarMatch match(std::make_shared<const Grammar>(*grammar));
  EXPECT_TRUE(match.Accept("f(null)"));
  EXPECT_TRUE(match.front().complete);
  EXPECT_EQ(FieldOf(RulesOfSchema("x.y", "3", "n").status()), "x.y");
}

}  // namespace
}  // namespace hwledger
