#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace hwledger {

// `message` as one line of JSON, with the names of the contract: numbers that
// are 0 are written, fields that are absent are not, and 64-bit numbers are
// strings, as protobuf's JSON has it.
std::string JsonText(const google::protobuf::Message& message);

// Writes it to standard output.
void PrintJson(const google::protobuf::Message& message);

}  // namespace hwledger
