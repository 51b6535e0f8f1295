#include "server/child.h"

#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/read.hpp"
#include "boost/asio/readable_pipe.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/writable_pipe.hpp"
#include "boost/asio/write.hpp"
#include "boost/process/v2/default_launcher.hpp"
#include "boost/process/v2/process.hpp"
#include "boost/process/v2/stdio.hpp"

namespace hwledger {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
using boost::system::error_code;

// An answer of ours takes some kilobytes; more is a mistake.
constexpr size_t kOutputBytesMax = size_t{1} << 20;

std::string LastLine(std::string_view text) {
  const std::vector<std::string_view> lines =
      absl::StrSplit(absl::StripTrailingAsciiWhitespace(text), '\n');
  return std::string(lines.back());
}

}  // namespace

std::unordered_map<process::environment::key, process::environment::value>
ChildEnvironment() {
  std::unordered_map<process::environment::key, process::environment::value>
      environment;
  for (const auto& variable : process::environment::current()) {
    environment.emplace(variable.key(), variable.value());
  }
  // Without a bound, the engine's threads spin at barriers for as long as
  // another process holds a core, and lose a factor of up to 70 (measured).
  if (!environment.contains("OMP_WAIT_POLICY")) {
    environment.try_emplace("GOMP_SPINCOUNT", "5000");
  }
  return environment;
}

std::string DescribeExit(int native_exit_code) {
  if (WIFSIGNALED(native_exit_code)) {
    const int signal = WTERMSIG(native_exit_code);
    return absl::StrCat("killed by signal ", signal, " (", strsignal(signal),
                        ")");
  }
  return absl::StrCat("exit status ", WEXITSTATUS(native_exit_code));
}

absl::StatusOr<std::string> RunChild(const ChildProgram& program,
                                     std::string_view input,
                                     absl::Duration timeout) {
  asio::io_context context;
  asio::writable_pipe standard_input(context);
  asio::readable_pipe standard_output(context);
  asio::readable_pipe standard_error(context);
  error_code error;
  process::process child = process::default_process_launcher()(
      context.get_executor(), error, program.path, program.arguments,
      process::process_stdio{standard_input, standard_output, standard_error},
      process::process_environment(ChildEnvironment()));
  if (error) {
    return absl::InternalError(
        absl::StrCat("cannot start ", program.path, ": ", error.message()));
  }

  std::string output;
  std::string words;
  int exit_code = 0;
  bool timed_out = false;
  asio::steady_timer timer(context, absl::ToChronoNanoseconds(timeout));
  timer.async_wait([&](error_code cancelled) {
    if (cancelled) return;
    timed_out = true;
    error_code ignored;
    child.terminate(ignored);
  });
  asio::async_write(standard_input, asio::buffer(input),
                    [&](error_code, size_t) { standard_input.close(); });
  asio::async_read(standard_output,
                   asio::dynamic_buffer(output, kOutputBytesMax),
                   [](error_code, size_t) {});
  asio::async_read(standard_error, asio::dynamic_buffer(words, kOutputBytesMax),
                   [](error_code, size_t) {});
  child.async_wait([&](error_code, int code) {
    exit_code = code;
    timer.cancel();
  });
  context.run();

  if (timed_out) {
    return absl::DeadlineExceededError(absl::StrCat(
        program.path, " took longer than ", absl::FormatDuration(timeout)));
  }
  if (child.native_exit_code() != 0) {
    return absl::InternalError(
        absl::StrCat("the engine failed: ", LastLine(words), " (",
                     DescribeExit(child.native_exit_code()), ")"));
  }
  return output;
}

}  // namespace hwledger
