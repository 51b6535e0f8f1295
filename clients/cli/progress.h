#pragma once

#include <string_view>

#include "clients/cli/surface.h"
#include "hwledger/v1/library.pb.h"

namespace hwledger {

// One line on standard error that is written over again and again, and gone in
// the end. Nothing where standard error is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(std::string_view text);
  void Clear();

  void ShowLoading(const v1::LoadProgress& progress);

 private:
  const Surface surface_;
  bool shown_ = false;
};

}  // namespace hwledger
