#pragma once

#include <string>
#include <vector>

#include "core/estimate.h"

namespace hwledger {

// Command lines that start what was planned. Empty: that engine cannot.
struct Launch {
  std::string llama_server;
  std::string vllm;
  // Why a line is missing, and what one needs first. Whole sentences.
  std::vector<std::string> notes;
};

// Of the runtime that `estimate` is for; and vLLM's for one of llama.cpp, where
// it would load the same weights, cache the same and use the same devices.
Launch LaunchOf(const EstimateRequest& request, const Estimate& estimate);

}  // namespace hwledger
