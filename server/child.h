#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/process/v2/environment.hpp"

namespace hwledger {

// A program of ours and what it is told.
struct ChildProgram {
  std::string path;
  std::vector<std::string> arguments;
};

// This process's environment with what the engine needs to share a machine.
std::unordered_map<boost::process::v2::environment::key,
                   boost::process::v2::environment::value>
ChildEnvironment();

// "killed by signal 9 (Killed)" or "exit status 1", of a native exit code.
std::string DescribeExit(int native_exit_code);

// Runs a program to its end: `input` on its standard input, the result is what
// it wrote to its standard output. Blocks, at most for `timeout`.
//
// Internal: it failed or died; quotes its last words. DeadlineExceeded.
absl::StatusOr<std::string> RunChild(const ChildProgram& program,
                                     std::string_view input,
                                     absl::Duration timeout);

}  // namespace hwledger
