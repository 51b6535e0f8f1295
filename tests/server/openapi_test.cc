#include "server/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"
#include "nlohmann/json.hpp"
#include "server/http_index.h"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

HttpMethods Methods() {
  // Referring to them keeps their descriptions in the program.
  v1::EstimateVramRequest::descriptor();
  v1::ListModelsRequest::descriptor();
  v1::RunInferenceRequest::descriptor();
  return HttpMethods({"hwledger.v1.Planner", "hwledger.v1.ModelLibrary",
                      "hwledger.v1.InferenceRunner"});
}

// Every "$ref" in `document`.
void CollectReferences(const json& value, std::vector<std::string>& found) {
  if (value.is_object() && value.contains("$ref")) {
    found.push_back(value["$ref"]);
  }
  for (const json& part : value) {
    if (part.is_structured()) CollectReferences(part, found);
  }
}

TEST(OpenApiDocumentTest, DescribesEveryMethodThatCanBeAsked) {
  const json paths = OpenApiDocument(Methods(), "1.2.3")["paths"];

  const json& estimate = paths["/hwledger.v1.Planner/EstimateVram"];
  EXPECT_TRUE(estimate.contains("get"));
  EXPECT_EQ(estimate["post"]["requestBody"]["content"]["application/json"]
                    ["schema"]["$ref"],
            "#/components/schemas/hwledger.v1.EstimateVramRequest");
  const json& run = paths["/hwledger.v1.InferenceRunner/RunInference"];
  EXPECT_FALSE(run.contains("get"));
  EXPECT_TRUE(
      run["post"]["responses"]["200"]["content"].contains("text/event-stream"));
  EXPECT_FALSE(paths.contains("/hwledger.v1.Planner/WatchVram"));
}

TEST(OpenApiDocumentTest, DescribesAllThatItRefersTo) {
  const json document = OpenApiDocument(Methods(), "1.2.3");

  std::vector<std::string> references;
  CollectReferences(document, references);
  EXPECT_GT(references.size(), 20);
  for (const std::string& reference : references) {
    EXPECT_TRUE(document.contains(json::json_pointer(reference.substr(1))))
        << reference;
  }
}

TEST(OpenApiDocumentTest, DescribesFieldsAsTheirJsonIs) {
  const json schemas =
      OpenApiDocument(Methods(), "1.2.3")["components"]["schemas"];

  const json& model = schemas["hwledger.v1.Model"]["properties"];
  EXPECT_EQ(model["sizeBytes"]["format"], "int64");
  EXPECT_EQ(model["source"]["enum"][1], "MODEL_SOURCE_CATALOGUE");
  EXPECT_EQ(model["warnings"]["items"]["type"], "string");
  const json& timings = schemas["hwledger.v1.Timings"]["properties"];
  EXPECT_EQ(timings["queueTime"]["type"], "string");
}

TEST(HttpIndexTest, HasACommandForEveryMethod) {
  const std::string index = HttpIndex(Methods(), "localhost:7421");

  EXPECT_THAT(index,
              HasSubstr("curl http://localhost:7421/hwledger.v1.ModelLibrary/"
                        "ListModels\n"));
  EXPECT_THAT(
      index,
      HasSubstr("curl -N http://localhost:7421/hwledger.v1.InferenceRunner/"
                "RunInference -H 'Content-Type: application/json' -d '{"
                "\"model_id\":\"demo\",\"prompt\":\"A token is\"}'"));
  EXPECT_THAT(index, HasSubstr("-d '{\"base\":{\"model_id\":\"demo\"},"
                               "\"goal\":\"FIT_GOAL_SEQUENCE_LENGTH\"}'"));
  EXPECT_THAT(index, Not(HasSubstr("localhost:7421/hwledger.v1.Planner/"
                                   "WatchVram")));
}

}  // namespace
}  // namespace hwledger
