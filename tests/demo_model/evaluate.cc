// Asks the demo model the questions that were kept out of its training.
//
//   demo_model_evaluate MODEL.gguf QUESTIONS.tsv [--show]
//
// Prints, per kind of question and way of asking, the share of answers that
// are exactly the expected one, that consist of whole sentences of the corpus,
// and that end by themselves. With --show, also each wrong answer.

#include <ggml-backend.h>
#include <llama.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hwledger {
namespace {

constexpr int64_t kAnswerTokensMax = 120;
constexpr uint32_t kContextTokens = 512;
constexpr uint32_t kSeed = 1;

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  std::exit(1);
}

struct Question {
  std::string kind;
  std::string text;
  std::string answer;
};

struct Reply {
  std::string text;
  bool stopped = false;
};

// A way of asking: how the prompt is made, and how tokens are chosen.
struct Way {
  const char* name;
  std::string_view before;
  std::string_view after;
  float temperature;
};

constexpr std::string_view kUser = "<|user|>";
constexpr std::string_view kAssistant = "<|end|><|assistant|>";
constexpr Way kWays[] = {
    {"chat, greedy", kUser, kAssistant, 0},
    {"chat, temperature 0.8", kUser, kAssistant, 0.8F},
    {"raw, greedy", "", "", 0},
    {"raw, temperature 0.8", "", "", 0.8F},
};

llama_sampler* NewSampler(float temperature) {
  llama_sampler* chain =
      llama_sampler_chain_init(llama_sampler_chain_default_params());
  if (temperature == 0) {
    llama_sampler_chain_add(chain, llama_sampler_init_greedy());
    return chain;
  }
  llama_sampler_chain_add(chain, llama_sampler_init_top_k(40));
  llama_sampler_chain_add(chain, llama_sampler_init_top_p(0.95F, 1));
  llama_sampler_chain_add(chain, llama_sampler_init_temp(temperature));
  llama_sampler_chain_add(chain, llama_sampler_init_dist(kSeed));
  return chain;
}

std::string Piece(const llama_vocab* vocab, llama_token token) {
  char piece[256];
  const int32_t length = llama_token_to_piece(
      vocab, token, piece, sizeof(piece), /*lstrip=*/0, /*special=*/true);
  return {piece, static_cast<size_t>(length > 0 ? length : 0)};
}

std::string Trim(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

Reply Ask(llama_context* context, const Way& way, llama_sampler* sampler,
          const std::string& question) {
  const llama_vocab* vocab = llama_model_get_vocab(llama_get_model(context));
  const std::string prompt =
      std::string(way.before) + question + std::string(way.after);
  std::vector<llama_token> tokens(kContextTokens - kAnswerTokensMax);
  const int32_t count = llama_tokenize(
      vocab, prompt.data(), static_cast<int32_t>(prompt.size()), tokens.data(),
      static_cast<int32_t>(tokens.size()), /*add_special=*/true,
      /*parse_special=*/true);
  if (count <= 0) Die("question too long: " + question);

  llama_memory_clear(llama_get_memory(context), /*data=*/true);
  llama_batch batch = llama_batch_get_one(tokens.data(), count);
  Reply reply;
  llama_token token = 0;
  for (int64_t i = 0; i < kAnswerTokensMax; ++i) {
    if (llama_decode(context, batch) != 0) Die("cannot decode");
    token = llama_sampler_sample(sampler, context, -1);
    reply.stopped = llama_vocab_is_eog(vocab, token);
    if (reply.stopped) break;
    reply.text += Piece(vocab, token);
    batch = llama_batch_get_one(&token, 1);
  }
  reply.text = Trim(reply.text);
  return reply;
}

// Splits after a full stop or an exclamation mark that ends a word.
std::vector<std::string> Sentences(const std::string& text) {
  std::vector<std::string> sentences;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = text.find_first_of(".!", begin);
    while (end != std::string::npos && end + 1 < text.size() &&
           text[end + 1] != ' ') {
      end = text.find_first_of(".!", end + 1);
    }
    end = end == std::string::npos ? text.size() : end + 1;
    sentences.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return sentences;
}

std::set<std::string> KnownSentences(const std::vector<Question>& questions) {
  std::set<std::string> known;
  for (const Question& question : questions) {
    for (std::string& sentence : Sentences(question.answer)) {
      known.insert(std::move(sentence));
    }
  }
  return known;
}

bool IsWhole(const std::string& answer, const std::set<std::string>& known) {
  for (const std::string& sentence : Sentences(answer)) {
    if (!known.contains(sentence)) return false;
  }
  return !answer.empty();
}

std::vector<Question> ReadQuestions(const std::string& path) {
  std::ifstream file(path);
  if (!file) Die("cannot read " + path);
  std::vector<Question> questions;
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) Die("not a question: " + line);
    questions.push_back({line.substr(0, first),
                         line.substr(first + 1, second - first - 1),
                         line.substr(second + 1)});
  }
  return questions;
}

struct Score {
  int64_t asked = 0;
  int64_t exact = 0;
  int64_t whole = 0;
  int64_t stopped = 0;
};

void Evaluate(llama_context* context, const std::vector<Question>& questions,
              const Way& way, bool show) {
  const std::set<std::string> known = KnownSentences(questions);
  llama_sampler* sampler = NewSampler(way.temperature);
  std::map<std::string, Score> scores;
  for (const Question& question : questions) {
    const Reply reply = Ask(context, way, sampler, question.text);
    Score& score = scores[question.kind];
    ++score.asked;
    score.exact += reply.text == question.answer;
    score.whole += IsWhole(reply.text, known);
    score.stopped += reply.stopped;
    if (show && reply.text != question.answer) {
      std::printf("  %s\n    %s\n", question.text.c_str(), reply.text.c_str());
    }
  }
  llama_sampler_free(sampler);
  for (const auto& [kind, score] : scores) {
    const double percent = 100.0 / static_cast<double>(score.asked);
    std::printf("%-22s %-10s %4d %7.1f %% %7.1f %% %7.1f %%\n", way.name,
                kind.c_str(), static_cast<int>(score.asked),
                static_cast<double>(score.exact) * percent,
                static_cast<double>(score.whole) * percent,
                static_cast<double>(score.stopped) * percent);
  }
  std::fflush(stdout);
}

llama_context* NewContext(llama_model* model) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = kContextTokens;
  params.n_threads = 1;
  params.n_threads_batch = 1;
  llama_context* context = llama_init_from_model(model, params);
  if (context == nullptr) Die("cannot make a context");
  return context;
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  if (argc < 3) {
    hwledger::Die("use: demo_model_evaluate MODEL.gguf QUESTIONS.tsv [--show]");
  }
  llama_log_set(
      [](ggml_log_level level, const char* text, void*) {
        if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
      },
      nullptr);
  ggml_backend_load_all();
  llama_model* model =
      llama_model_load_from_file(argv[1], llama_model_default_params());
  if (model == nullptr) hwledger::Die(std::string("cannot load ") + argv[1]);
  llama_context* context = hwledger::NewContext(model);
  const std::vector<hwledger::Question> questions =
      hwledger::ReadQuestions(argv[2]);
  const bool show = argc > 3 && std::strcmp(argv[3], "--show") == 0;
  std::printf("%-22s %-10s %4s %9s %9s %9s\n", "asked", "questions", "",
              "exact", "whole", "stopped");
  for (const hwledger::Way& way : hwledger::kWays) {
    hwledger::Evaluate(context, questions, way, show);
  }
  llama_free(context);
  llama_model_free(model);
  return 0;
}
