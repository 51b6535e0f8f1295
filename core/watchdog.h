#pragma once

#include "core/engine/link.h"

namespace hwledger {

// Tells whether the process that runs a model still works. Whoever watches it
// asks for its pulse at every tick. Ticks are counted and no clock is read, so
// that nobody is late on a machine that slept. For one thread.
class Watchdog {
 public:
  // Ticks from a question to the conclusion that there is no answer.
  static constexpr int kTicksMax = 4;

  enum class Finding { kWorks, kDoesNotAnswer, kDoesNotCompute };

  // The process answered.
  void Hear(const Pulse& pulse);
  // It is time for the next question.
  Finding Tick();

 private:
  Pulse pulse_;
  int ticks_without_answer_ = 0;
  int ticks_without_progress_ = 0;
};

}  // namespace hwledger
