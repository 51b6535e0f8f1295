#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace hwledger {

// What an option's value must be, asked before it is converted: says what is
// allowed and what was given; empty where the value is right.
using ValueCheck = std::function<std::string(const std::string&)>;

ValueCheck WholeNumber(int64_t least,
                       int64_t most = std::numeric_limits<int32_t>::max());
ValueCheck AnyNumber();

// No option of `app` and its commands, and no MODEL, takes an empty value: a
// script's unset variable is no wish for the default.
void RefuseEmptyValues(CLI::App& app);

}  // namespace hwledger
