#pragma once

#include <QCoreApplication>
#include <QString>

namespace hwledger {

// In the language that is set; for what is no QObject and so has no tr() of its
// own. lupdate files its texts under the namespace.
inline QString tr(const char* text) {
  return QCoreApplication::translate("hwledger", text);
}

}  // namespace hwledger
