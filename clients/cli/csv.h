#pragma once

#include <string>

namespace hwledger {

// `text` as a field of comma-separated values (RFC 4180).
std::string CsvField(const std::string& text);

}  // namespace hwledger
