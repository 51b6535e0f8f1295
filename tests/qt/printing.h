#pragma once

#include <QString>
#include <QVariant>
#include <ostream>

// Where GoogleTest looks for how to print Qt's types: beside them.

inline void PrintTo(const QString& text, std::ostream* stream) {
  *stream << '"' << text.toStdString() << '"';
}

inline void PrintTo(const QVariant& value, std::ostream* stream) {
  *stream << value.typeName() << " " << value.toString().toStdString();
}
