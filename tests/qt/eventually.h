#pragma once

#include <QTest>
#include <utility>

namespace hwledger {

// Lets the event loop run until `condition` holds. What a test waits for comes
// soon, or not at all. False: it did not come.
template <typename Condition>
bool Eventually(Condition condition, int patience_milliseconds = 20'000) {
  return QTest::qWaitFor(std::move(condition), patience_milliseconds);
}

}  // namespace hwledger
