#include "core/requested_additions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/estimator.h"
#include "core/field_error.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class RequestedAdditionsTest : public testing::Test {
 protected:
  RequestedAdditionsTest() {
    WriteGguf(TinyLlama(), model_path_);
    model_ = *store_.Find(model_path_, "");
  }

  absl::StatusOr<FoundAdditions> Find(const AdditionsRequest& request) {
    return FindAdditions(request, *model_, store_);
  }
  absl::StatusOr<Estimate> Predict(const EstimateRequest& request) {
    return estimator_.Predict(request);
  }

  const TemporaryFolder folder_;
  const std::string model_path_ = folder_ / "model.gguf";
  ModelStore store_{"", {}};
  std::shared_ptr<const KnownModel> model_;
  Hardware hardware_{
      [](DeviceRates) { return std::vector<Device>{{.name = "CPU"}}; }};
  // An engine that holds one byte more than there are outputs of a sequence.
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions& options) {
                         return std::vector<DeviceUse>{
                             {.name = "CPU",
                              .is_host = true,
                              .weights = Bytes(1 + options.outputs_per_slot)}};
                       }};
};

TEST_F(RequestedAdditionsTest, FindsNothingWhereNothingIsAskedFor) {
  const auto found = Find({});

  ASSERT_THAT(found, IsOk());
  EXPECT_TRUE(found->additions.empty());
  EXPECT_THAT(found->warnings, IsEmpty());
}

TEST_F(RequestedAdditionsTest, FindsADraftAsAModelIsFound) {
  const auto found = Find({.draft_model_id = model_path_});

  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->additions.draft->file, model_path_);
  EXPECT_EQ(found->additions.draft->shape->layers.size(), 2U);
  EXPECT_THAT(found->warnings, IsEmpty());
}

TEST_F(RequestedAdditionsTest, TakesNothingAboutADraftWithoutOne) {
  const std::vector<std::pair<AdditionsRequest, std::string>> cases = {
      {{.draft_quantization = "Q8_0"}, "draft_quantization"},
      {{.draft_kv_cache_type_k = "f16"}, "draft_kv_cache_type_k"},
      {{.draft_kv_cache_type_v = "q8_0"}, "draft_kv_cache_type_v"}};
  for (const auto& [request, field] : cases) {
    const auto found = Find(request);

    EXPECT_THAT(found, StatusIs(kInvalid, HasSubstr("needs a draft model")));
    EXPECT_EQ(FieldOf(found.status()), field);
    EXPECT_FALSE(request.empty());
  }
}

TEST_F(RequestedAdditionsTest, NamesTheFieldOfADraftThatIsNone) {
  EXPECT_THAT(Find({.draft_model_id = "no-such-model"}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("draft_model_id: no model 'no-such-model'")));

  const auto relative = Find({.draft_model_id = "draft.gguf"});
  EXPECT_THAT(FieldOf(relative.status()), Optional(Eq("draft_model_id")));
  EXPECT_THAT(relative, StatusIs(kInvalid, HasSubstr("\"draft.gguf\"")));

  const auto quantized =
      Find({.draft_model_id = "llama-3.2-1b", .draft_quantization = "Q9"});
  EXPECT_THAT(FieldOf(quantized.status()), Optional(Eq("draft_quantization")));
}

// Of the tiny model: ranks of 4 in F32, so that each pair weighs 16 bytes times
// inputs and outputs.
GgufHeader TinyAdapter() {
  GgufHeader header;
  header.metadata = {{"adapter.lora.alpha", 4.0},
                     {"adapter.type", std::string("lora")},
                     {"general.architecture", std::string("llama")},
                     {"general.type", std::string("adapter")}};
  header.tensors = {TensorOf("blk.1.ffn_up.weight.lora_a", "F32", {64, 4}),
                    TensorOf("blk.1.ffn_up.weight.lora_b", "F32", {4, 128}),
                    TensorOf("output.weight.lora_a", "F32", {64, 4}),
                    TensorOf("output.weight.lora_b", "F32", {4, 8}),
                    TensorOf("token_embd.weight.lora_a", "F32", {4, 8}),
                    TensorOf("token_embd.weight.lora_b", "F32", {4, 64})};
  return header;
}

TEST_F(RequestedAdditionsTest, WeighsAnAdapterWhereItsTensorsLie) {
  WriteGguf(TinyAdapter(), folder_ / "adapter.gguf");

  const auto found = Find({.lora_adapters = {folder_ / "adapter.gguf"}});

  ASSERT_THAT(found, IsOk());
  const LoraAdapter& adapter = found->additions.adapters.front();
  EXPECT_EQ(adapter.input_weights, 16 * Bytes(64 + 8));
  EXPECT_EQ(adapter.output_weights, 16 * Bytes(64 + 8));
  ASSERT_EQ(adapter.layers.size(), 2U);
  EXPECT_EQ(adapter.layers[0].weights, Bytes());
  EXPECT_EQ(adapter.layers[1].weights, 16 * Bytes(64 + 128));
}

TEST_F(RequestedAdditionsTest, NamesTheAdapterThatDoesNotFitTheModel) {
  WriteGguf(TinyAdapter(), folder_ / "good.gguf");
  const std::string path = folder_ / "bad.gguf";
  const auto refusal = [&](auto change) {
    GgufHeader header = TinyAdapter();
    change(header);
    WriteGguf(header, path);
    const auto found = Find({.lora_adapters = {folder_ / "good.gguf", path}});
    EXPECT_THAT(FieldOf(found.status()), Optional(Eq("lora_adapters[1]")));
    EXPECT_THAT(found.status().message(), HasSubstr(path));
    return std::string(found.status().message());
  };

  EXPECT_THAT(refusal([](GgufHeader& header) {
                header.metadata["general.architecture"] = std::string("gemma3");
              }),
              HasSubstr("expected general.architecture \"llama\"; got "
                        "\"gemma3\""));
  EXPECT_THAT(refusal([](GgufHeader& header) {
                header.metadata.erase("general.type");
              }),
              HasSubstr("\"adapter\"; got \"\""));
  EXPECT_THAT(refusal([](GgufHeader& header) {
                header.tensors[0].name = "blk.2.ffn_up.weight.lora_a";
                header.tensors[1].name = "blk.2.ffn_up.weight.lora_b";
              }),
              HasSubstr("no tensor 'blk.2.ffn_up.weight'"));
  EXPECT_THAT(refusal([](GgufHeader& header) { header.tensors.pop_back(); }),
              HasSubstr("half of the pair for 'token_embd.weight'"));
  EXPECT_THAT(refusal([](GgufHeader& header) {
                header.tensors[3].dimensions = {4, 16};
              }),
              HasSubstr("another shape of 'output.weight'"));
  EXPECT_THAT(refusal([](GgufHeader& header) {
                header.tensors[3].name = "output.weight";
              }),
              HasSubstr("no part of an adapter: 'output.weight'"));
}

TEST_F(RequestedAdditionsTest, TakesAProjectorByItsPath) {
  GgufHeader header;
  header.metadata = {{"general.architecture", std::string("clip")}};
  header.tensors = {TensorOf("mm.0.weight", "F16", {64, 32}),
                    TensorOf("mm.0.bias", "F32", {32})};
  const std::string path = folder_ / "mmproj.gguf";
  WriteGguf(header, path);

  const auto found = Find({.mmproj = path});

  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->additions.projector->file, path);
  EXPECT_EQ(found->additions.projector->weights, Bytes(64 * 32 * 2 + 32 * 4));
  EXPECT_THAT(found->warnings, IsEmpty());
}

// Nothing depends on its weights, of 64 x 32 in F16.
GgufHeader TinyProjector() {
  GgufHeader header;
  header.metadata = {{"general.architecture", std::string("clip")}};
  header.tensors = {TensorOf("mm.0.weight", "F16", {64, 32})};
  return header;
}

TEST_F(RequestedAdditionsTest, CountsAProjectorsBufferAsTheEngineTellsIt) {
  const std::string path = folder_ / "mmproj.gguf";
  WriteGguf(TinyProjector(), path);
  int64_t questions = 0;
  Estimator estimator(
      store_, hardware_, {}, [&](const std::string& asked, FlashAttention) {
        EXPECT_EQ(asked, path);
        ++questions;
        return std::vector<ProjectorUse>{
            {.name = "CPU", .is_host = true, .total = Bytes(5000)}};
      });
  const EstimateRequest request = {.model_id = "llama-3.2-1b",
                                   .options = {.sequence_length = 64},
                                   .additions = {.mmproj = path}};

  const auto estimate = estimator.Predict(request);
  EXPECT_THAT(estimator.Predict(request), IsOk());

  ASSERT_THAT(estimate, IsOk());
  EXPECT_EQ(questions, 1);
  const DevicePlan& host = estimate->plan.additions.at(0).devices.at(0);
  EXPECT_EQ(host.weights, Bytes(64 * 32 * 2));
  EXPECT_EQ(host.compute_buffer, Bytes(5000 - 64 * 32 * 2));
  EXPECT_THAT(estimate->plan.warnings, IsEmpty());
}

TEST_F(RequestedAdditionsTest, WarnsOfAProjectorsBufferThatIsNotKnown) {
  const std::string path = folder_ / "mmproj.gguf";
  WriteGguf(TinyProjector(), path);
  Estimator estimator(store_, hardware_, {},
                      [](const std::string&, FlashAttention) {
                        return absl::StatusOr<std::vector<ProjectorUse>>(
                            absl::InvalidArgumentError("no such projector"));
                      });
  EstimateRequest request = {.model_id = "llama-3.2-1b",
                             .options = {.sequence_length = 64},
                             .additions = {.mmproj = path}};
  const auto refused = estimator.Predict(request);
  request.devices = {{.name = "rtx-4090"}};
  const auto elsewhere = estimator.Predict(request);

  ASSERT_THAT(refused, IsOk());
  EXPECT_THAT(refused->plan.warnings,
              ElementsAre(AllOf(HasSubstr("not its compute buffer"),
                                HasSubstr("no such projector"))));
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_THAT(elsewhere->plan.warnings,
              ElementsAre(HasSubstr("this machine's own devices")));
}

TEST_F(RequestedAdditionsTest, RefusesAModelAsAProjector) {
  const auto found = Find({.mmproj = model_path_});

  EXPECT_THAT(FieldOf(found.status()), Optional(Eq("mmproj")));
  EXPECT_THAT(found, StatusIs(kInvalid, AllOf(HasSubstr("got \"llama\""),
                                              HasSubstr(model_path_))));
  EXPECT_THAT(Find({.mmproj = "llama-3.2-1b"}),
              StatusIs(kInvalid, HasSubstr("a projector beside it")));
}

TEST_F(RequestedAdditionsTest, SaysWhichFileIsMissingOrDamaged) {
  EXPECT_THAT(
      Find({.mmproj = "/nonexistent.gguf"}),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("mmproj: "), HasSubstr("/nonexistent.gguf"))));
  EXPECT_THAT(Find({.lora_adapters = {"adapter.gguf"}}),
              StatusIs(kInvalid, HasSubstr("lora_adapters[0] must be an "
                                           "absolute path; got "
                                           "\"adapter.gguf\"")));
}

// The tiny model has 8 tokens, llama-3.2-1b 128256; 128 more are allowed.
TEST_F(RequestedAdditionsTest, WarnsOfADraftThatLlamaServerRefuses) {
  EXPECT_THAT(Find({.draft_model_id = "llama-3.2-1b"})->warnings,
              ElementsAre(AllOf(HasSubstr("128256 tokens"),
                                HasSubstr("beside 8 (none)"))));

  GgufHeader header = TinyLlama();
  header.metadata["llama.vocab_size"] = int64_t{8 + 128};
  header.tensors[0] = TensorOf("token_embd.weight", "F16", {64, 8 + 128});
  header.tensors[2] = TensorOf("output.weight", "F16", {64, 8 + 128});
  WriteGguf(header, folder_ / "draft.gguf");
  EXPECT_THAT(Find({.draft_model_id = folder_ / "draft.gguf"})->warnings,
              IsEmpty());
}

TEST_F(RequestedAdditionsTest, EngineIsAskedForTheLogitsThatADraftNeeds) {
  EstimateRequest request = {.model_id = model_path_,
                             .options = {.sequence_length = 64}};
  EXPECT_EQ(Predict(request)->plan.devices[0].total(), Bytes(2));
  request.additions.draft_model_id = model_path_;

  const auto estimate = Predict(request);

  ASSERT_THAT(estimate, IsOk());
  const AdditionPlan& draft = estimate->plan.additions[0];
  EXPECT_EQ(estimate->plan.devices[0].total(),
            Bytes(1 + 4) + draft.devices[0].total());
  EXPECT_THAT(estimate->plan.warnings, ElementsAre(HasSubstr("by formulas")));
}

TEST_F(RequestedAdditionsTest, OtherRuntimesHaveNone) {
  const auto estimate =
      Predict({.model_id = "llama-3.1-8b",
               .options = {.sequence_length = 64},
               .additions = {.draft_model_id = "llama-3.2-1b"},
               .runtime = RuntimeOptions{}});

  EXPECT_THAT(FieldOf(estimate.status()), Optional(Eq("runtime")));
}

}  // namespace
}  // namespace hwledger
