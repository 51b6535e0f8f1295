#pragma once

#include <QQuickWindow>
#include <QStringList>

namespace hwledger {

// What is wrong with a window as it is shown now; each in words for who mends
// it.

// Items that reach beyond the left or the right of the window, and texts that
// are wider than their place.
QStringList WhatSticksOut(const QQuickWindow& window);

// What the keyboard reaches and a screen reader has no name for.
QStringList WhatHasNoName(const QQuickWindow& window);

}  // namespace hwledger
