#pragma once

#include <sys/types.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace hwledger {

// How a program ended and what it wrote.
struct Outcome {
  // 128 + the signal, where a signal ended it; as shells have it.
  int exit_code = 0;
  std::string output;
  // Empty where the program ran in a terminal: `output` has it all.
  std::string errors;
};

struct ChildOptions {
  // NAME=VALUE, besides this process's own.
  std::vector<std::string> environment;
  std::string input;
  // Above 0: standard output and standard error are a terminal of this width.
  int terminal_columns = 0;
};

// A program that runs.
class Child {
 public:
  // `command` is the program, found as a shell finds it, and its arguments.
  Child(std::vector<std::string> command, const ChildOptions& options);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits until the program has written `text`.
  void ReadUntil(std::string_view text);

  // Presses Ctrl-C.
  void Interrupt() const;

  // Ends the program, whatever it is at.
  void Kill() const;

  // Reads to the end. Call once.
  Outcome Wait();

 private:
  bool ReadSome();

  pid_t process_ = -1;
  int output_ = -1;
  std::FILE* errors_ = nullptr;
  std::string read_;
};

}  // namespace hwledger
