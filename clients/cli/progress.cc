#include "clients/cli/progress.h"

#include <iostream>

#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine() : surface_(ErrorSurface()) {}

void ProgressLine::Show(std::string_view text) {
  if (!surface_.terminal) return;
  std::cerr << kEraseLine << Painted(text, Paint::kDim, surface_);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (!shown_) return;
  std::cerr << kEraseLine;
  shown_ = false;
}

void ProgressLine::ShowLoading(const v1::LoadProgress& progress) {
  Show(
      absl::StrFormat("loading the model: %.0f %%", 100 * progress.fraction()));
}

}  // namespace hwledger
