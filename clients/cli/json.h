#pragma once

#include <google/protobuf/message.h>

namespace hwledger {

// Writes `message` as one line of JSON to standard output, with the names of
// the contract: numbers that are 0 are written, fields that are absent are not,
// and 64-bit numbers are strings, as protobuf's JSON has it.
void PrintJson(const google::protobuf::Message& message);

}  // namespace hwledger
