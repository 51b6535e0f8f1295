#include "clients/qt/quantity_text.h"

#include <QDateTime>
#include <QLocale>
#include <QStringList>
#include <cmath>

#include "clients/qt/translated.h"

namespace hwledger {
namespace {

// Three digits, but never fewer than stand before the point.
QString threeDigits(double value) {
  const double size = std::abs(value);
  const int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return QLocale().toString(value, 'f', decimals);
}

// `value` in the largest of `units` that keeps it at or above 1, where each is
// `step` times the one before and the first is written without a fraction.
QString scaled(double value, double step, const QStringList& units) {
  qsizetype unit = 0;
  while (unit + 1 < units.size() && std::round(std::abs(value)) >= step) {
    value /= step;
    ++unit;
  }
  return (unit == 0 ? QLocale().toString(value, 'f', 0) : threeDigits(value)) +
         units[unit];
}

}  // namespace

QString bytesText(qint64 bytes) {
  static const QStringList units = {" B",   " KiB", " MiB",
                                    " GiB", " TiB", " PiB"};
  return scaled(static_cast<double>(bytes), 1024, units);
}

QString bandwidthText(qint64 bytesPerSecond) {
  static const QStringList units = {" B/s", " KB/s", " MB/s", " GB/s", " TB/s"};
  return scaled(static_cast<double>(bytesPerSecond), 1000, units);
}

QString flopsText(double perSecond) {
  static const QStringList units = {" FLOPS",  " KFLOPS", " MFLOPS",
                                    " GFLOPS", " TFLOPS", " PFLOPS"};
  return scaled(perSecond, 1000, units);
}

QString countText(qint64 count) {
  static const QStringList units = {"", "K", "M", "B", "T"};
  return scaled(static_cast<double>(count), 1000, units);
}

QString wholeText(qint64 count) { return QLocale().toString(count); }

QString rateText(double tokensPerSecond) {
  return tr("%1 tokens/s").arg(threeDigits(tokensPerSecond));
}

QString rateText(const v1::TokenRate& rate, bool isMeasured) {
  const QString low = threeDigits(rate.low_tokens_per_second());
  const QString high = threeDigits(rate.high_tokens_per_second());
  const QString range =
      tr("%1 tokens/s").arg(low == high ? low : low + "–" + high);
  return isMeasured ? range : "≤ " + range;
}

QString errorText(double percent) {
  const QString sign = percent > 0 ? "+" : "";
  return sign + threeDigits(percent) + " %";
}

QString durationText(const google::protobuf::Duration& duration) {
  const double seconds =
      static_cast<double>(duration.seconds()) + duration.nanos() * 1e-9;
  if (seconds < 0.00995) return threeDigits(seconds * 1000) + " ms";
  if (seconds < 1) return QLocale().toString(seconds * 1000, 'f', 0) + " ms";
  return threeDigits(seconds) + " s";
}

QString timeText(const google::protobuf::Timestamp& time) {
  const auto local = QDateTime::fromSecsSinceEpoch(time.seconds());
  return QLocale().toString(local, QLocale::ShortFormat);
}

}  // namespace hwledger
