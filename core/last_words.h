#pragma once

#include <deque>
#include <string>

namespace hwledger {

// The end of a process's log, to say why the process died. For one thread.
class LastWords {
 public:
  void Add(std::string line);

  // The assertion that failed, where the log tells of one, whatever was logged
  // after it (a backtrace, mostly); else the last three lines. Empty: none.
  std::string Text() const;

 private:
  std::deque<std::string> lines_;
  std::string assertion_;
};

}  // namespace hwledger
