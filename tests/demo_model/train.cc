// Trains the demo model from random weights with libllama's own training.
//
//   demo_model_train START.gguf CORPUS_DIR TRAINED.gguf [EPOCHS]
//
// Each training window holds whole documents, packed anew for every epoch, so
// that each document sometimes stands first, as it does when the model is used.

#include <ggml-backend.h>
#include <ggml-opt.h>
#include <llama.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace hwledger {
namespace {

constexpr int64_t kWindowTokens = 256;
constexpr int64_t kWindowsPerReport = 100;
constexpr int kThreads = 2;
constexpr uint32_t kSeed = 1;
constexpr double kLearningRateMax = 2e-3;
constexpr double kLearningRateMin = 5e-5;
constexpr double kWarmUpSteps = 100;

using Document = std::vector<llama_token>;
using Clock = std::chrono::steady_clock;

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  std::exit(1);
}

// The learning rate rises during the warm-up, then falls along a cosine.
struct Schedule {
  double step = 0;
  double steps_total = 0;
};

double LearningRate(const Schedule& schedule) {
  if (schedule.step < kWarmUpSteps) {
    return kLearningRateMax * (schedule.step + 1) / kWarmUpSteps;
  }
  const double done =
      std::min(1.0, (schedule.step - kWarmUpSteps) /
                        std::max(1.0, schedule.steps_total - kWarmUpSteps));
  return kLearningRateMin + (kLearningRateMax - kLearningRateMin) * 0.5 *
                                (1 + std::cos(std::numbers::pi * done));
}

// ggml adds the gradients of a step to those of the steps before it and clears
// them only in graphs that are built once, which those of libllama are not. So
// they are cleared here, before each step. ggml tells its context only to the
// callback after a step, and that one only to a variable like this one.
ggml_opt_context_t optimizer = nullptr;

void AfterStep(bool, ggml_opt_context_t context, ggml_opt_dataset_t,
               ggml_opt_result_t, int64_t, int64_t, int64_t) {
  optimizer = context;
}

// Called by ggml before each step, once its graph is built.
ggml_opt_optimizer_params NextStep(void* schedule_pointer) {
  if (optimizer != nullptr) ggml_opt_reset(optimizer, /*optimizer=*/false);
  Schedule& schedule = *static_cast<Schedule*>(schedule_pointer);
  ggml_opt_optimizer_params params =
      ggml_opt_get_default_optimizer_params(nullptr);
  params.adamw.alpha = static_cast<float>(LearningRate(schedule));
  params.adamw.beta2 = 0.99F;
  params.adamw.wd = 0.05F;
  ++schedule.step;
  return params;
}

// A line of the corpus, where "\n" stands for a line feed.
std::string Unescape(std::string line) {
  for (size_t at = line.find("\\n"); at != std::string::npos;
       at = line.find("\\n", at)) {
    line.replace(at, 2, "\n");
  }
  return line;
}

Document Tokenize(const llama_vocab* vocab, const std::string& text) {
  Document tokens(text.size() + 2);
  const int32_t count = llama_tokenize(
      vocab, text.data(), static_cast<int32_t>(text.size()), tokens.data(),
      static_cast<int32_t>(tokens.size()), /*add_special=*/true,
      /*parse_special=*/true);
  if (count < 0) Die("cannot tokenize: " + text);
  tokens.resize(static_cast<size_t>(count));
  return tokens;
}

std::vector<Document> ReadDocuments(const llama_vocab* vocab,
                                    const std::string& path) {
  std::ifstream file(path);
  if (!file) Die("cannot read " + path);
  std::vector<Document> documents;
  for (std::string line; std::getline(file, line);) {
    documents.push_back(Tokenize(vocab, Unescape(line)));
    if (documents.back().size() > kWindowTokens) Die("too long: " + line);
  }
  return documents;
}

// Fills windows with whole documents in their order; the rest of a window is
// filled with one of the next documents that fits, then with padding.
std::vector<Document> Pack(const std::vector<Document>& documents,
                           llama_token padding) {
  constexpr size_t kLookAhead = 64;
  std::deque<const Document*> waiting;
  for (const Document& document : documents) waiting.push_back(&document);
  std::vector<Document> windows;
  while (!waiting.empty()) {
    Document window;
    for (size_t i = 0; i < std::min(kLookAhead, waiting.size());) {
      const Document& next = *waiting[i];
      if (window.size() + next.size() > kWindowTokens) {
        ++i;
        continue;
      }
      window.insert(window.end(), next.begin(), next.end());
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    }
    window.resize(kWindowTokens + 1, padding);
    windows.push_back(std::move(window));
  }
  return windows;
}

struct Loss {
  double sum = 0;
  double windows = 0;

  double Mean() const { return sum / windows; }
};

// Runs over windows [begin, end): trains on them, or only measures the loss.
enum class Mode { kTrain, kMeasure };

Loss Run(llama_context* context, const std::vector<Document>& windows,
         size_t begin, size_t end, Mode mode) {
  const auto count = static_cast<int64_t>(end - begin);
  ggml_opt_dataset_t dataset =
      ggml_opt_dataset_init(GGML_TYPE_I32, GGML_TYPE_I32, kWindowTokens,
                            kWindowTokens, count, /*ndata_shard=*/1);
  auto* inputs =
      static_cast<llama_token*>(ggml_opt_dataset_data(dataset)->data);
  auto* labels =
      static_cast<llama_token*>(ggml_opt_dataset_labels(dataset)->data);
  for (size_t i = begin; i < end; ++i) {
    inputs = std::copy_n(windows[i].begin(), kWindowTokens, inputs);
    labels = std::copy_n(windows[i].begin() + 1, kWindowTokens, labels);
  }
  ggml_opt_result_t result = ggml_opt_result_init();
  if (mode == Mode::kTrain) {
    llama_opt_epoch(context, dataset, result, nullptr, count, AfterStep,
                    nullptr);
  } else {
    llama_opt_epoch(context, dataset, nullptr, result, 0, nullptr, nullptr);
  }
  double mean = 0;
  ggml_opt_result_loss(result, &mean, nullptr);
  ggml_opt_result_free(result);
  ggml_opt_dataset_free(dataset);
  return {mean * static_cast<double>(count), static_cast<double>(count)};
}

void TrainEpoch(llama_context* context, const std::vector<Document>& windows,
                const Schedule& schedule, Clock::time_point start) {
  for (size_t begin = 0; begin < windows.size(); begin += kWindowsPerReport) {
    const size_t end = std::min(windows.size(), begin + kWindowsPerReport);
    const Loss loss = Run(context, windows, begin, end, Mode::kTrain);
    const double seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    const double left = seconds * (schedule.steps_total / schedule.step - 1);
    std::printf(
        "step %5.0f/%.0f  loss %.4f  rate %.5f  %4.0f s, %4.0f s left\n",
        schedule.step, schedule.steps_total, loss.Mean(),
        LearningRate(schedule), seconds, std::max(0.0, left));
    std::fflush(stdout);
  }
}

llama_context* NewContext(llama_model* model) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = kWindowTokens;
  params.n_batch = kWindowTokens;
  params.n_ubatch = kWindowTokens;
  params.n_threads = kThreads;
  params.n_threads_batch = kThreads;
  // There is no backward pass for F16 or for flash attention.
  params.type_k = GGML_TYPE_F32;
  params.type_v = GGML_TYPE_F32;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  llama_context* context = llama_init_from_model(model, params);
  if (context == nullptr) Die("cannot make a context");
  return context;
}

void Train(llama_model* model, const std::string& corpus, int epochs) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  const llama_token padding = llama_vocab_pad(vocab);
  std::vector<Document> documents = ReadDocuments(vocab, corpus + "/train.txt");
  const std::vector<Document> validation =
      Pack(ReadDocuments(vocab, corpus + "/validation.txt"), padding);

  Schedule schedule;
  schedule.steps_total =
      static_cast<double>(Pack(documents, padding).size()) * epochs;
  llama_context* context = NewContext(model);
  llama_opt_init(context, model,
                 {.n_ctx_train = 0,
                  .param_filter = llama_opt_param_filter_all,
                  .param_filter_ud = nullptr,
                  .get_opt_pars = NextStep,
                  .get_opt_pars_ud = &schedule,
                  .optimizer_type = GGML_OPT_OPTIMIZER_TYPE_ADAMW});
  std::mt19937 random(kSeed);
  const Clock::time_point start = Clock::now();
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    std::shuffle(documents.begin(), documents.end(), random);
    TrainEpoch(context, Pack(documents, padding), schedule, start);
    const Loss loss =
        Run(context, validation, 0, validation.size(), Mode::kMeasure);
    std::printf("epoch %d/%d  validation loss %.4f\n", epoch, epochs,
                loss.Mean());
    std::fflush(stdout);
  }
  llama_free(context);
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  if (argc < 4) {
    hwledger::Die(
        "use: demo_model_train START.gguf CORPUS TRAINED.gguf "
        "[EPOCHS]");
  }
  llama_log_set(
      [](ggml_log_level level, const char* text, void*) {
        if (level >= GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
      },
      nullptr);
  ggml_backend_load_all();
  llama_model_params params = llama_model_default_params();
  params.load_mode = LLAMA_LOAD_MODE_NONE;  // Mapped weights are read-only.
  llama_model* model = llama_model_load_from_file(argv[1], params);
  if (model == nullptr) hwledger::Die(std::string("cannot load ") + argv[1]);
  hwledger::Train(model, argv[2], argc > 4 ? std::atoi(argv[4]) : 2);
  llama_model_save_to_file(model, argv[3]);
  llama_model_free(model);
  return 0;
}
