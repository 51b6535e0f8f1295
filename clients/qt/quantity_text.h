#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <QString>

#include "hwledger/v1/planner.pb.h"

// The daemon's numbers as people write them, with three significant digits, in
// the conventions of the language that is set.
namespace hwledger {

// "4.58 GiB".
QString bytesText(qint64 bytes);

// "1.01 TB/s": in powers of ten, as makers state it.
QString bandwidthText(qint64 bytesPerSecond);

// "71.2 TFLOPS".
QString flopsText(double perSecond);

// "8.03B".
QString countText(qint64 count);

// "8,192".
QString wholeText(qint64 count);

// "41.2 tokens/s".
QString rateText(double tokensPerSecond);

// "41.2–55.0 tokens/s"; "≤" before it where it is what the devices allow at
// best.
QString rateText(const v1::TokenRate& rate, bool isMeasured);

// "+0.42 %".
QString errorText(double percent);

// "350 ms", "12.4 s".
QString durationText(const google::protobuf::Duration& duration);

// Date and time of here.
QString timeText(const google::protobuf::Timestamp& time);

}  // namespace hwledger
