#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/child.h"
#include "tests/cli/fake_daemon.h"

namespace hwledger {

// Runs the real program against a daemon that says what the test wants.
class CommandTest : public testing::Test {
 protected:
  ChildOptions Options() const {
    return {.environment = {"HWLEDGER_ADDRESS=" + daemon.address(),
                            "TERM=xterm", "NO_COLOR="}};
  }

  Child Start(std::vector<std::string> arguments,
              const ChildOptions& options) const {
    arguments.insert(arguments.begin(), HWLEDGER_PROGRAM);
    return {std::move(arguments), options};
  }

  Outcome Run(std::vector<std::string> arguments) const {
    return Start(std::move(arguments), Options()).Wait();
  }

  Outcome RunWithInput(std::vector<std::string> arguments,
                       std::string input) const {
    ChildOptions options = Options();
    options.input = std::move(input);
    return Start(std::move(arguments), options).Wait();
  }

  Outcome RunInTerminal(std::vector<std::string> arguments,
                        int columns = 120) const {
    ChildOptions options = Options();
    options.terminal_columns = columns;
    return Start(std::move(arguments), options).Wait();
  }

  FakeDaemon daemon;
};

}  // namespace hwledger
