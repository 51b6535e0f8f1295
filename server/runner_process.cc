#include "server/runner_process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "boost/asio/post.hpp"
#include "boost/asio/read_until.hpp"
#include "boost/asio/readable_pipe.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/writable_pipe.hpp"
#include "boost/process/v2/default_launcher.hpp"
#include "boost/process/v2/posix/bind_fd.hpp"
#include "boost/process/v2/process.hpp"
#include "boost/process/v2/stdio.hpp"
#include "core/hardware.h"
#include "core/last_words.h"
#include "core/watchdog.h"
#include "server/child.h"
#include "server/runner_link.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
using boost::system::error_code;

// The link's descriptor in the process, after the standard streams.
constexpr int kLinkFd = 3;

// A process that is told to end and does not is computing or hung.
constexpr auto kEndGrace = std::chrono::seconds(2);

constexpr size_t kLogLineBytesMax = 4096;

// Both ends of a socket pair; closes what has not been taken.
struct SocketPair {
  int daemon_fd = -1;
  int process_fd = -1;

  SocketPair() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
    daemon_fd = ends[0];
    process_fd = ends[1];
    fcntl(daemon_fd, F_SETFL, O_NONBLOCK);
  }
  ~SocketPair() {
    if (daemon_fd >= 0) close(daemon_fd);
    if (process_fd >= 0) close(process_fd);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
};

// Where the engine computes on every core, each of its threads keeps to one.
// Left alone, two of them share a core now and then, and each waits for the
// other: a third of the rate, and a fifth beside another busy process. With
// fewer threads, all engines would share the first cores.
auto EnvironmentFor(const LoadPlan& plan) {
  auto environment = ChildEnvironment();
  if (plan.options.thread_count >= Hardware::core_count()) {
    environment.try_emplace("OMP_PROC_BIND", "true");
  }
  return environment;
}

// One process. All of it runs on the executor's thread; the handlers keep it.
class RunnerProcess : public std::enable_shared_from_this<RunnerProcess> {
 public:
  RunnerProcess(const asio::any_io_executor& executor, RunnerProgram program,
                std::shared_ptr<Runner> runner)
      : executor_(executor),
        program_(std::move(program)),
        runner_(std::move(runner)),
        standard_input_(executor),
        standard_error_(executor),
        grace_(executor),
        next_tick_(executor) {}

  void Start() {
    SocketPair link;
    error_code error;
    if (link.daemon_fd < 0) {
      error.assign(errno, boost::system::system_category());
    } else {
      child_.emplace(process::default_process_launcher()(
          executor_, error, program_.path,
          std::vector<std::string>{"--link-fd", absl::StrCat(kLinkFd)},
          process::process_stdio{standard_input_, nullptr, standard_error_},
          process::process_environment(EnvironmentFor(runner_->plan())),
          process::posix::bind_fd(kLinkFd, link.process_fd)));
    }
    if (error) {
      runner_->End(absl::UnavailableError(
          absl::StrCat("cannot start ", program_.path, ": ", error.message())));
      return;
    }
    spdlog::info("{}: process {} started", name(), child_->id());
    ReadLog();
    child_->async_wait([self = shared_from_this()](error_code, int) {
      self->has_exited_ = true;
      self->EndWhenAllIsRead();
    });
    ask_pulse_ =
        ConnectRunner(executor_, std::exchange(link.daemon_fd, -1), runner_,
                      OnExecutor<absl::Status>(&RunnerProcess::OnLinkLost),
                      OnExecutor<Pulse>(&RunnerProcess::OnPulse));
    if (program_.hang_timeout > absl::ZeroDuration()) Tick();
    runner_->SetProcess(
        child_->id(),
        [stop = OnExecutor<absl::Status>(&RunnerProcess::OnStop)] {
          stop(absl::OkStatus());
        });
  }

 private:
  const std::string& name() const { return runner_->plan().model_id; }

  // A function for other threads that calls `method` on the executor's.
  template <typename Argument>
  std::function<void(Argument)> OnExecutor(
      void (RunnerProcess::*method)(const Argument&)) {
    return [self = shared_from_this(), method](Argument argument) {
      asio::post(self->executor_,
                 [self, method, argument = std::move(argument)] {
                   ((*self).*method)(argument);
                 });
    };
  }

  void ReadLog() {
    asio::async_read_until(
        standard_error_, asio::dynamic_buffer(log_text_, kLogLineBytesMax),
        '\n', [self = shared_from_this()](error_code error, size_t size) {
          self->OnLog(error, size);
        });
  }

  void OnLog(error_code error, size_t size) {
    // Without a line feed: the end, or a line that is too long.
    if (error) size = log_text_.size();
    if (size > 0) {
      std::string line = log_text_.substr(0, size);
      log_text_.erase(0, size);
      while (!line.empty() && line.back() == '\n') line.pop_back();
      spdlog::info("{}: {}", name(), line);
      last_words_.Add(std::move(line));
    }
    if (!error || error == asio::error::not_found) {
      ReadLog();
    } else {
      log_has_ended_ = true;
      EndWhenAllIsRead();
    }
  }

  void Tick() {
    if (!is_asking_) {
      is_asking_ = true;
      ask_pulse_();
    }
    next_tick_.expires_after(
        absl::ToChronoNanoseconds(program_.hang_timeout / Watchdog::kTicksMax));
    next_tick_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (cancelled || self->has_exited_) return;
      self->OnTick();
    });
  }

  void OnPulse(const Pulse& pulse) {
    is_asking_ = false;
    watchdog_.Hear(pulse);
  }

  void OnTick() {
    switch (watchdog_.Tick()) {
      case Watchdog::Finding::kWorks:
        Tick();
        break;
      case Watchdog::Finding::kDoesNotAnswer:
        Kill("answered nothing");
        break;
      case Watchdog::Finding::kDoesNotCompute:
        Kill("computed nothing");
        break;
    }
  }

  void Kill(std::string_view what_it_did) {
    reason_ = absl::UnavailableError(absl::StrCat(
        "the process that ran ", name(), " was killed: it ", what_it_did,
        " for ", absl::FormatDuration(program_.hang_timeout)));
    spdlog::error("{}", reason_->message());
    error_code gone_meanwhile;
    child_->terminate(gone_meanwhile);
  }

  // The load was refused, or the process does not answer any more.
  void OnLinkLost(const absl::Status& status) {
    if (!status.ok() && status.code() != absl::StatusCode::kUnavailable &&
        !reason_) {
      reason_ = status;
    }
    OnStop(status);
  }

  void OnStop(const absl::Status&) {
    if (has_exited_ || is_stopping_) return;
    is_stopping_ = true;
    error_code ignored;
    static_cast<void>(standard_input_.close(ignored));
    grace_.expires_after(kEndGrace);
    grace_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (cancelled || self->has_exited_) return;
      error_code gone_meanwhile;
      self->child_->terminate(gone_meanwhile);
    });
  }

  void EndWhenAllIsRead() {
    if (!has_exited_ || !log_has_ended_) return;
    grace_.cancel();
    next_tick_.cancel();
    const std::string how = DescribeExit(child_->native_exit_code());
    spdlog::info("{}: process {} ended: {}", name(), child_->id(), how);
    const std::string words = last_words_.Text();
    runner_->End(reason_.value_or(absl::UnavailableError(
        absl::StrCat("the process that ran ", name(), " ended: ", how,
                     words.empty() ? "" : "; its last words: ", words))));
  }

  const asio::any_io_executor executor_;
  const RunnerProgram program_;
  const std::shared_ptr<Runner> runner_;
  asio::writable_pipe standard_input_;
  asio::readable_pipe standard_error_;
  asio::steady_timer grace_;
  asio::steady_timer next_tick_;
  std::optional<process::process> child_;
  std::string log_text_;
  LastWords last_words_;
  std::function<void()> ask_pulse_;
  Watchdog watchdog_;
  std::optional<absl::Status> reason_;
  bool has_exited_ = false;
  bool log_has_ended_ = false;
  bool is_stopping_ = false;
  bool is_asking_ = false;  // For a pulse that has not come.
};

}  // namespace

void StartRunnerProcess(const asio::any_io_executor& executor,
                        RunnerProgram program, std::shared_ptr<Runner> runner) {
  auto started = std::make_shared<RunnerProcess>(executor, std::move(program),
                                                 std::move(runner));
  asio::post(executor, [started] { started->Start(); });
}

}  // namespace hwledger
