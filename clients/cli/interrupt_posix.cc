#include <unistd.h>

#include <array>
#include <cassert>
#include <csignal>
#include <utility>

#include "clients/cli/interrupt.h"

namespace hwledger {
namespace {

constexpr char kInterrupted = 'i';
constexpr char kEnded = 'e';

// From the signal handler, which may do next to nothing, to the thread.
std::array<int, 2> signal_pipe = {-1, -1};
struct sigaction action_before = {};

void Send(char word) {
  // Nothing can be done here about a pipe that fails.
  [[maybe_unused]] const ssize_t written = write(signal_pipe[1], &word, 1);
}

void OnSignal(int /*signal*/) { Send(kInterrupted); }

char Receive() {
  char word = kEnded;
  while (read(signal_pipe[0], &word, 1) < 0 && errno == EINTR) {
  }
  return word;
}

}  // namespace

InterruptWatch::InterruptWatch(std::function<void()> on_interrupt) {
  [[maybe_unused]] const int opened = pipe(signal_pipe.data());
  assert(opened == 0);
  thread_ = std::thread([this, call = std::move(on_interrupt)] {
    if (Receive() != kInterrupted) return;
    interrupted_ = true;
    call();
  });

  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigaction(SIGINT, &action, &action_before);
  // Started with Ctrl-C ignored, as by nohup: stay so.
  if (action_before.sa_handler == SIG_IGN) {
    sigaction(SIGINT, &action_before, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  sigaction(SIGINT, &action_before, nullptr);
  Send(kEnded);
  thread_.join();
  close(signal_pipe[0]);
  close(signal_pipe[1]);
}

}  // namespace hwledger
