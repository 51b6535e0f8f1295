// Trains the demo model from random weights with libllama's own training.
//
//   demo_model_train START.gguf CORPUS_DIR TRAINED.gguf
//
// A training window holds whole documents one after another. The last part of
// the training uses longer windows, so that long conversations work as well.

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
#include <span>
#include <string>
#include <vector>

namespace hwledger {
namespace {

// A part of the corpus, and the length of the windows that it is packed into.
struct Phase {
  int64_t window_tokens;
  double share;
};
constexpr Phase kPhases[] = {{.window_tokens = 256, .share = 0.85},
                             {.window_tokens = 512, .share = 0.15}};
constexpr size_t kWindowsPerReport = 100;
constexpr size_t kLookAheadDocuments = 64;
constexpr int kThreads = 2;
constexpr uint32_t kSeed = 1;
constexpr double kLearningRateMax = 2e-3;
constexpr double kLearningRateMin = 5e-5;
constexpr double kWarmUpSteps = 100;

using Document = std::vector<llama_token>;
using Windows = std::vector<Document>;
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
    if (documents.back().size() > kPhases[0].window_tokens) {
      Die("too long: " + line);
    }
  }
  return documents;
}

// Fills windows with whole documents in their order; the rest of a window is
// filled with one of the next documents that fits, then with padding.
Windows Pack(std::span<const Document> documents, int64_t window_tokens,
             llama_token padding) {
  const auto length = static_cast<size_t>(window_tokens);
  std::deque<const Document*> waiting;
  for (const Document& document : documents) waiting.push_back(&document);
  Windows windows;
  while (!waiting.empty()) {
    Document window;
    for (size_t i = 0; i < std::min(kLookAheadDocuments, waiting.size());) {
      const Document& next = *waiting[i];
      if (window.size() + next.size() > length) {
        ++i;
        continue;
      }
      window.insert(window.end(), next.begin(), next.end());
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    }
    window.resize(length + 1, padding);  // The last one is only a label.
    windows.push_back(std::move(window));
  }
  return windows;
}

// Trains on the windows, or only measures. Returns the mean loss.
enum class Mode { kTrain, kMeasure };

double Run(llama_context* context, std::span<const Document> windows,
           Mode mode) {
  const auto length = static_cast<int64_t>(windows[0].size()) - 1;
  const auto count = static_cast<int64_t>(windows.size());
  ggml_opt_dataset_t dataset = ggml_opt_dataset_init(
      GGML_TYPE_I32, GGML_TYPE_I32, length, length, count, /*ndata_shard=*/1);
  auto* inputs =
      static_cast<llama_token*>(ggml_opt_dataset_data(dataset)->data);
  auto* labels =
      static_cast<llama_token*>(ggml_opt_dataset_labels(dataset)->data);
  for (const Document& window : windows) {
    inputs = std::copy_n(window.begin(), length, inputs);
    labels = std::copy_n(window.begin() + 1, length, labels);
  }
  ggml_opt_result_t result = ggml_opt_result_init();
  if (mode == Mode::kTrain) {
    llama_opt_epoch(context, dataset, result, nullptr, count, AfterStep,
                    nullptr);
  } else {
    llama_opt_epoch(context, dataset, nullptr, result, 0, nullptr, nullptr);
  }
  double loss = 0;
  ggml_opt_result_loss(result, &loss, nullptr);
  ggml_opt_result_free(result);
  ggml_opt_dataset_free(dataset);
  return loss;
}

llama_context* NewContext(llama_model* model, int64_t window_tokens,
                          Schedule& schedule) {
  const auto tokens = static_cast<uint32_t>(window_tokens);
  llama_context_params params = llama_context_default_params();
  params.n_ctx = tokens;
  params.n_batch = tokens;
  params.n_ubatch = tokens;
  params.n_threads = kThreads;
  params.n_threads_batch = kThreads;
  // There is no backward pass for F16 or for flash attention.
  params.type_k = GGML_TYPE_F32;
  params.type_v = GGML_TYPE_F32;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  llama_context* context = llama_init_from_model(model, params);
  if (context == nullptr) Die("cannot make a context");
  optimizer = nullptr;
  llama_opt_init(context, model,
                 {.n_ctx_train = 0,
                  .param_filter = llama_opt_param_filter_all,
                  .param_filter_ud = nullptr,
                  .get_opt_pars = NextStep,
                  .get_opt_pars_ud = &schedule,
                  .optimizer_type = GGML_OPT_OPTIMIZER_TYPE_ADAMW});
  return context;
}

void TrainOn(llama_context* context, std::span<const Document> windows,
             const Schedule& schedule, Clock::time_point start) {
  for (size_t begin = 0; begin < windows.size(); begin += kWindowsPerReport) {
    const size_t count = std::min(windows.size() - begin, kWindowsPerReport);
    const double loss =
        Run(context, windows.subspan(begin, count), Mode::kTrain);
    const double seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("step %5.0f/%.0f  loss %.4f  rate %.5f  %4.0f s\n",
                schedule.step, schedule.steps_total, loss,
                LearningRate(schedule), seconds);
    std::fflush(stdout);
  }
}

void Train(llama_model* model, const std::string& corpus) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  const llama_token padding = llama_vocab_pad(vocab);
  std::vector<Document> documents = ReadDocuments(vocab, corpus + "/train.txt");
  const std::vector<Document> validation =
      ReadDocuments(vocab, corpus + "/validation.txt");
  std::mt19937 random(kSeed);
  std::shuffle(documents.begin(), documents.end(), random);

  Schedule schedule;
  std::vector<Windows> windows;
  std::span<const Document> rest = documents;
  for (const Phase& phase : kPhases) {
    const size_t count = std::min(
        rest.size(), static_cast<size_t>(std::ceil(
                         static_cast<double>(documents.size()) * phase.share)));
    windows.push_back(Pack(rest.first(count), phase.window_tokens, padding));
    rest = rest.subspan(count);
    schedule.steps_total += static_cast<double>(windows.back().size());
  }
  const Clock::time_point start = Clock::now();
  for (size_t i = 0; i < windows.size(); ++i) {
    const int64_t tokens = kPhases[i].window_tokens;
    llama_context* context = NewContext(model, tokens, schedule);
    TrainOn(context, windows[i], schedule, start);
    const double loss =
        Run(context, Pack(validation, tokens, padding), Mode::kMeasure);
    std::printf("windows of %d tokens  validation loss %.4f\n",
                static_cast<int>(tokens), loss);
    llama_free(context);
  }
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  if (argc < 4) {
    hwledger::Die("use: demo_model_train START.gguf CORPUS TRAINED.gguf");
  }
  llama_log_set(
      [](ggml_log_level level, const char* text, void*) {
        if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
      },
      nullptr);
  ggml_backend_load_all();
  llama_model_params params = llama_model_default_params();
  params.load_mode = LLAMA_LOAD_MODE_NONE;  // Mapped weights are read-only.
  llama_model* model = llama_model_load_from_file(argv[1], params);
  if (model == nullptr) hwledger::Die(std::string("cannot load ") + argv[1]);
  hwledger::Train(model, argv[2]);
  llama_model_save_to_file(model, argv[3]);
  llama_model_free(model);
  return 0;
}
