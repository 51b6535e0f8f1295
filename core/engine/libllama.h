#pragma once

#include <string>

namespace hwledger {

enum class LibllamaLog { kErrors, kEverything };

// Sends libllama's log to spdlog and loads ggml's backends. Once, before any
// other use of libllama.
void StartLibllama(LibllamaLog log);

// Its version: "0.7.0".
std::string LibllamaVersion();

// The first line that libllama complained with since the last call, which says
// most; empty where it did not complain.
std::string TakeLibllamaError();

// While true, complaints are of our own making and go nowhere.
void ExpectLibllamaErrors(bool expected);

}  // namespace hwledger
