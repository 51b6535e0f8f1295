#include "core/engine/recommended_sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "llama-cpp.h"
#include "tests/engine/tiny_model.h"

namespace hwledger {
namespace {

Sampling RecommendedBy(std::vector<std::pair<std::string, float>> numbers) {
  const TinyModel model = {.numbers = std::move(numbers)};
  llama_model_params params = llama_model_default_params();
  params.vocab_only = true;
  const llama_model_ptr loaded(llama_model_load_from_file(
      model.Write("recommended_sampling").c_str(), params));
  return RecommendedSampling(loaded.get());
}

TEST(RecommendedSamplingTest, ReadsWhatTheFileRecommends) {
  EXPECT_EQ(RecommendedBy({}), Sampling());
  EXPECT_EQ(RecommendedBy({{"general.sampling.temp", 0.5F},
                           {"general.sampling.top_k", 20},
                           {"general.sampling.top_p", 0.25F},
                           {"general.sampling.min_p", 0.125F},
                           {"general.sampling.xtc_probability", 0.75F},
                           {"general.sampling.xtc_threshold", 0.5F},
                           {"general.sampling.penalty_last_n", 64},
                           {"general.sampling.penalty_repeat", 1.5F},
                           {"general.sampling.mirostat", 2},
                           {"general.sampling.mirostat_tau", 4},
                           {"general.sampling.mirostat_eta", 0.5F}}),
            (Sampling{.temperature = 0.5,
                      .top_k = 20,
                      .top_p = 0.25,
                      .min_p = 0.125,
                      .repetition_penalty = 1.5,
                      .xtc_probability = 0.75,
                      .xtc_threshold = 0.5,
                      .penalty_last_tokens = 64,
                      .mirostat = Mirostat{.tau = 4, .eta = 0.5}}));
}

TEST(RecommendedSamplingTest, PassesOverWhatIsOutOfRange) {
  EXPECT_EQ(RecommendedBy({{"general.sampling.temp", -1},
                           {"general.sampling.top_k", 1e30F},
                           {"general.sampling.top_p",
                            std::numeric_limits<float>::quiet_NaN()},
                           {"general.sampling.min_p", 0.5F},
                           {"general.sampling.mirostat", 1},
                           {"general.sampling.mirostat_tau", 4}}),
            Sampling{.min_p = 0.5});
}

}  // namespace
}  // namespace hwledger
