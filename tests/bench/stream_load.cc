// Asks a server for many texts at once and prints, as JSON, how fast they came:
// the client of peers.py, the same for hwledgerd, by each of its ways in, and
// for llama-server, so that what differs is the servers.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <iterator>
#include <latch>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {
namespace {

using Clock = std::chrono::steady_clock;

// The same daemon over gRPC and over HTTP, and another server over HTTP.
constexpr const char* kPeers[] = {"hwledger", "hwledger-sse", "llama-server"};

struct Load {
  std::string peer;  // One of kPeers.
  std::string address;
  std::string model;
  int stream_count = 1;
  int token_count = 128;
  int prompt_words = 32;
  int round = 0;  // Its own prompts, so that nothing is cached.
  // How hwledgerd loads the model, where it is not loaded yet.
  int slot_count = 4;
  int sequence_length = 512;
  int thread_count = 2;
};

// What came over one stream, and when.
struct Heard {
  Clock::time_point first;
  Clock::time_point last;
  Clock::duration longest_gap = {};
  int64_t tokens = 0;
  double prefill_ms = 0;  // As the server says; 0: it does not.
  std::string failure;

  void Add(int64_t count) {
    const auto now = Clock::now();
    if (tokens == 0) {
      first = now;
    } else {
      longest_gap = std::max(longest_gap, now - last);
    }
    last = now;
    tokens += count;
  }
};

// Words that no other stream or round begins with.
std::string Prompt(const Load& load, int stream) {
  std::string prompt = absl::StrCat(load.round, "-", stream, ":");
  for (int i = 1; i < load.prompt_words; ++i) {
    absl::StrAppend(&prompt, " word", (stream * 7 + i) % 100);
  }
  return prompt;
}

// One request that is ready to be sent: what is called sends it and listens.
using Request = std::function<Heard()>;

double Seconds(const v1::Timings& timings) {
  const auto& time = timings.prefill_time();
  return static_cast<double>(time.seconds()) + time.nanos() * 1e-9;
}

Request PrepareHwledger(const Load& load, int stream,
                        const std::shared_ptr<grpc::Channel>& channel) {
  v1::RunInferenceRequest message;
  message.set_model_id(load.model);
  message.set_prompt(Prompt(load, stream));
  message.set_max_tokens(load.token_count);
  message.mutable_sampling()->set_temperature(0);
  message.mutable_load()->set_batch_size(load.slot_count);
  message.mutable_load()->set_sequence_length(load.sequence_length);
  message.mutable_load()->set_thread_count(load.thread_count);
  return [message, channel] {
    Heard heard;
    grpc::ClientContext context;
    const auto reader =
        v1::InferenceRunner::NewStub(channel)->RunInference(&context, message);
    v1::RunInferenceResponse event;
    while (reader->Read(&event)) {
      if (event.has_token()) heard.Add(event.token().token_count());
      if (event.has_completion()) {
        heard.prefill_ms = 1000 * Seconds(event.completion().timings());
      }
    }
    heard.failure = reader->Finish().error_message();
    return heard;
  };
}

// Connected, or -1.
int Connect(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  int port = 0;
  sockaddr_in to = {.sin_family = AF_INET};
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &port) ||
      inet_pton(AF_INET, parts[0].c_str(), &to.sin_addr) != 1) {
    return -1;
  }
  to.sin_port = htons(static_cast<uint16_t>(port));
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
    return descriptor;
  }
  close(descriptor);
  return -1;
}

// What a line of server-sent events means.
enum class Line { kNone, kText, kEnd };

// How one server writes them.
struct EventForm {
  std::function<Line(std::string_view line)> read;
  // Where the end tells how many tokens there were, since several may have come
  // as one event.
  nlohmann::json::json_pointer count;
  // Where it tells how many milliseconds the prompt took.
  nlohmann::json::json_pointer prefill_ms;
};

// Each text has a "data: {...}", and the last event says "stop".
EventForm LlamaServerEvents() {
  return {.read =
              [](std::string_view line) {
                return line.find("\"stop\":true") == line.npos ? Line::kText
                                                               : Line::kEnd;
              },
          .count = nlohmann::json::json_pointer("/tokens_predicted"),
          .prefill_ms = nlohmann::json::json_pointer("/timings/prompt_ms")};
}

// OpenAI's: after the texts an event with a reason, then one with the usage.
EventForm OpenAiEvents() {
  return {.read =
              [](std::string_view line) {
                if (line.find("\"usage\":{") != line.npos) return Line::kEnd;
                return line.find("\"finish_reason\":null") == line.npos
                           ? Line::kNone
                           : Line::kText;
              },
          .count = nlohmann::json::json_pointer("/usage/completion_tokens"),
          .prefill_ms = nlohmann::json::json_pointer("/none")};
}

// What frames the lines is skipped.
Heard ReadEvents(int descriptor, const EventForm& form) {
  Heard heard;
  std::string waiting;
  char bytes[16384];
  for (ssize_t size = 0; (size = read(descriptor, bytes, sizeof(bytes))) > 0;) {
    waiting.append(bytes, static_cast<size_t>(size));
    for (size_t end = 0; (end = waiting.find('\n')) != std::string::npos;) {
      const std::string line = waiting.substr(0, end);
      waiting.erase(0, end + 1);
      if (!line.starts_with("data: ")) continue;
      const Line meaning = form.read(line);
      if (meaning == Line::kText) heard.Add(1);
      if (meaning != Line::kEnd) continue;
      const auto last = nlohmann::json::parse(line.substr(6), nullptr, false);
      heard.tokens = last.value(form.count, heard.tokens);
      heard.prefill_ms = last.value(form.prefill_ms, 0.0);
      return heard;
    }
  }
  heard.failure = "the answer has no end: " + waiting.substr(0, 200);
  return heard;
}

Request PrepareHttp(const Load& load, const std::string& path,
                    const nlohmann::json& message, const EventForm& form) {
  const std::string body = message.dump();
  const std::string request = absl::StrCat(
      "POST ", path, " HTTP/1.1\r\nHost: ", load.address,
      "\r\nContent-Type: application/json\r\nContent-Length: ", body.size(),
      "\r\nConnection: close\r\n\r\n", body);
  const int descriptor = Connect(load.address);
  return [request, descriptor, form] {
    Heard heard = {.failure = "cannot connect"};
    if (descriptor < 0) return heard;
    if (write(descriptor, request.data(), request.size()) ==
        std::ssize(request)) {
      heard = ReadEvents(descriptor, form);
    }
    close(descriptor);
    return heard;
  };
}

Request PrepareLlamaServer(const Load& load, int stream) {
  return PrepareHttp(load, "/completion",
                     {{"prompt", Prompt(load, stream)},
                      {"n_predict", load.token_count},
                      {"temperature", 0},
                      {"stream", true}},
                     LlamaServerEvents());
}

// The model has to be loaded: OpenAI's API cannot say how.
Request PrepareHwledgerSse(const Load& load, int stream) {
  return PrepareHttp(load, "/v1/completions",
                     {{"model", load.model},
                      {"prompt", Prompt(load, stream)},
                      {"max_tokens", load.token_count},
                      {"temperature", 0},
                      {"stream", true},
                      {"stream_options", {{"include_usage", true}}}},
                     OpenAiEvents());
}

Request Prepare(const Load& load, int stream,
                const std::shared_ptr<grpc::Channel>& channel) {
  if (channel) return PrepareHwledger(load, stream, channel);
  return load.peer == "hwledger-sse" ? PrepareHwledgerSse(load, stream)
                                     : PrepareLlamaServer(load, stream);
}

double Milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

nlohmann::json Summary(const std::vector<Heard>& all, Clock::time_point start) {
  int64_t tokens = 0;
  Clock::time_point end = start;
  Clock::duration longest_gap = {};
  std::vector<double> first_token_ms;
  std::vector<double> decode_per_second;
  std::vector<double> added_ms;  // To the time in which the prompt is read.
  for (const Heard& heard : all) {
    tokens += heard.tokens;
    end = std::max(end, heard.last);
    longest_gap = std::max(longest_gap, heard.longest_gap);
    first_token_ms.push_back(Milliseconds(heard.first - start));
    decode_per_second.push_back(1000 * static_cast<double>(heard.tokens - 1) /
                                Milliseconds(heard.last - heard.first));
    if (heard.prefill_ms == 0) continue;
    added_ms.push_back(first_token_ms.back() - heard.prefill_ms);
  }
  const double seconds = Milliseconds(end - start) / 1000;
  nlohmann::json summary = {
      {"tokens", tokens},
      {"seconds", seconds},
      {"tokens_per_second", static_cast<double>(tokens) / seconds},
      {"first_token_p50_ms", Median(first_token_ms)},
      {"decode_p50_per_second", Median(decode_per_second)},
      {"longest_gap_ms", Milliseconds(longest_gap)}};
  if (!added_ms.empty()) summary["added_p50_ms"] = Median(added_ms);
  return summary;
}

int Run(const Load& load) {
  std::shared_ptr<grpc::Channel> channel;
  if (load.peer == "hwledger") {
    channel =
        grpc::CreateChannel(load.address, grpc::InsecureChannelCredentials());
    channel->WaitForConnected(std::chrono::system_clock::now() +
                              std::chrono::seconds(5));
  }
  std::vector<Heard> heard(static_cast<size_t>(load.stream_count));
  std::latch ready(load.stream_count + 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < load.stream_count; ++i) {
    threads.emplace_back([&, i] {
      // The first call of a program takes longer: a millisecond with gRPC.
      Load first = load;
      first.token_count = 1;
      first.prompt_words = 1;
      Prepare(first, load.stream_count + i, channel)();
      const Request request = Prepare(load, i, channel);
      ready.arrive_and_wait();
      heard[static_cast<size_t>(i)] = request();
    });
  }
  ready.arrive_and_wait();
  const Clock::time_point start = Clock::now();
  for (std::thread& thread : threads) thread.join();
  for (const Heard& one : heard) {
    if (one.failure.empty() && one.tokens > 0) continue;
    std::cerr << load.peer << ": " << one.tokens << " tokens; " << one.failure
              << "\n";
    return EXIT_FAILURE;
  }
  std::cout << Summary(heard, start).dump() << "\n";
  return EXIT_SUCCESS;
}

int Main(int argc, char** argv) {
  Load load;
  CLI::App app("Asks a server for many texts at once.", "stream_load");
  app.add_option("PEER", load.peer)
      ->required()
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kPeers), std::end(kPeers))));
  app.add_option("ADDRESS", load.address)->required();
  app.add_option("--model", load.model);
  app.add_option("--streams", load.stream_count)->check(CLI::Range(1, 256));
  app.add_option("--tokens", load.token_count);
  app.add_option("--prompt-words", load.prompt_words);
  app.add_option("--round", load.round);
  app.add_option("--slots", load.slot_count);
  app.add_option("--sequence-length", load.sequence_length);
  app.add_option("--threads", load.thread_count);
  CLI11_PARSE(app, argc, argv);
  return Run(load);
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) { return hwledger::Main(argc, argv); }
