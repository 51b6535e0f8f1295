#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine/libllama.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  hwledger::StartLibllama(hwledger::LibllamaLog::kErrors);
  return RUN_ALL_TESTS();
}
