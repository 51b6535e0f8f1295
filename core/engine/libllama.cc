#include "core/engine/libllama.h"

#include <atomic>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "core/mutex.h"
#include "core/utf8.h"
#include "ggml-backend.h"
#include "llama.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// libllama logs from any thread.
struct Complaint {
  Mutex mutex;
  std::string line ABSL_GUARDED_BY(mutex);
  std::atomic<bool> expected = false;
};

Complaint& FirstComplaint() {
  static Complaint complaint;
  return complaint;
}

// Lines start with the name of one of libllama's functions.
void Remember(std::string_view line) {
  const size_t name_end = line.find(": ");
  if (name_end != line.npos) line.remove_prefix(name_end + 2);
  Complaint& complaint = FirstComplaint();
  MutexLock lock(complaint.mutex);
  if (complaint.line.empty()) complaint.line = WithValidUtf8(line);
}

void Log(ggml_log_level level, const char* text, void* log) {
  const std::string_view line = absl::StripAsciiWhitespace(text);
  if (line.empty() || FirstComplaint().expected) return;
  if (level == GGML_LOG_LEVEL_ERROR) {
    Remember(line);
    spdlog::error("{}", line);
  } else if (*static_cast<LibllamaLog*>(log) == LibllamaLog::kEverything) {
    spdlog::info("{}", line);
  }
}

}  // namespace

void StartLibllama(LibllamaLog log) {
  static LibllamaLog chosen;
  chosen = log;
  ggml_log_set(Log, &chosen);
  llama_log_set(Log, &chosen);
  ggml_backend_load_all();
  llama_backend_init();
}

std::string LibllamaVersion() { return llama_version(); }

std::string TakeLibllamaError() {
  Complaint& complaint = FirstComplaint();
  MutexLock lock(complaint.mutex);
  return std::exchange(complaint.line, {});
}

void ExpectLibllamaErrors(bool expected) {
  FirstComplaint().expected = expected;
}

}  // namespace hwledger
