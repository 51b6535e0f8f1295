#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/engine/dry_run.h"
#include "core/model/catalogue.h"
#include "core/model/model_shape.h"
#include "core/planner/planner.h"
#include "ggml-backend.h"
#include "ggml-rpc.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

// Against libllama with a GPU, for which another process's CPU stands: ggml
// treats what its RPC backend reaches as one.
namespace hwledger {
namespace {

template <typename Function>
Function RpcFunction(ggml_backend_reg_t rpc, const char* name) {
  return reinterpret_cast<Function>(
      ggml_backend_reg_get_proc_address(rpc, name));
}

class LocalAddress {
 public:
  // A port that is free.
  LocalAddress() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address_);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, generic(), length);
    getsockname(listener, generic(), &length);
    close(listener);
  }

  bool IsServed() {
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    const bool is_served = connect(client, generic(), sizeof(address_)) == 0;
    close(client);
    return is_served;
  }

  std::string ToString() const {
    return absl::StrCat("127.0.0.1:", ntohs(address_.sin_port));
  }

 private:
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  sockaddr_in address_ = {};
};

[[noreturn]] void Serve(ggml_backend_reg_t rpc, const std::string& endpoint) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ggml_backend_dev_t cpu =
      ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  RpcFunction<decltype(&ggml_backend_rpc_start_server)>(
      rpc, "ggml_backend_rpc_start_server")(endpoint.c_str(), nullptr, 1, 1,
                                            &cpu);
  _exit(1);
}

class ExpertOffloadTest : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    ggml_backend_reg_t rpc = ggml_backend_reg_by_name("RPC");
    if (rpc == nullptr ||
        ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_GPU) != nullptr) {
      return;
    }
    LocalAddress address;
    server_ = fork();
    if (server_ == 0) Serve(rpc, address.ToString());
    // ggml ends the process if it finds no server.
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool is_served = false;
    while (!is_served && std::chrono::steady_clock::now() < deadline) {
      is_served = address.IsServed();
    }
    ASSERT_TRUE(is_served);
    ggml_backend_reg_t gpu =
        RpcFunction<decltype(&ggml_backend_rpc_add_server)>(
            rpc, "ggml_backend_rpc_add_server")(address.ToString().c_str());
    ASSERT_NE(gpu, nullptr);
    ggml_backend_register(gpu);
  }

  static void TearDownTestSuite() {
    if (server_ <= 0) return;
    kill(server_, SIGKILL);
    waitpid(server_, nullptr, 0);
  }

  void SetUp() override {
    if (server_ <= 0) GTEST_SKIP() << "needs ggml's RPC backend and no GPU";
  }

 private:
  static inline pid_t server_ = 0;
};

void ExpectEqualUse(const DevicePlan& planned, const DeviceUse& use) {
  SCOPED_TRACE(planned.device.name);
  EXPECT_EQ(planned.weights.count(), use.weights.count());
  EXPECT_EQ(planned.kv_cache.count(), use.kv_cache.count());
  EXPECT_NEAR(static_cast<double>(planned.compute_buffer.count()) /
                  static_cast<double>(use.compute_buffer.count()),
              1, 0.05);
}

TEST_P(ExpertOffloadTest, AgreesWithThePlan) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.gguf";
  const GgufHeader header = HeaderOf(**FindInCatalogue(GetParam()));
  WriteGguf(header, path);
  const absl::StatusOr<ModelShape> shape = ShapeOf(header);
  ASSERT_THAT(shape, IsOk());
  const std::vector<Device> devices = {
      {.name = "host"}, {.name = "GPU", .kind = DeviceKind::kGpu}};

  // No layer's, that of the first, some, all.
  for (const int64_t cpu_moe_layers : {0, 1, 10, 1000}) {
    SCOPED_TRACE(cpu_moe_layers);
    const EngineOptions options = {.sequence_length = 8192,
                                   .cpu_moe_layers = cpu_moe_layers};
    const absl::StatusOr<MemoryPlan> plan =
        PlanMemory(*shape, options, devices);
    const absl::StatusOr<std::vector<DeviceUse>> uses = DryRun(path, options);
    ASSERT_THAT(plan, IsOk());
    ASSERT_THAT(uses, IsOk());

    ASSERT_EQ(uses->size(), 2U);
    for (const DeviceUse& use : *uses) {
      ExpectEqualUse(plan->devices[use.is_host ? 0 : 1], use);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ExpertOffloadTest,
                         testing::Values("deepseek-v2-lite", "glm-4.5-air",
                                         "gpt-oss-20b", "llama-4-scout",
                                         "mixtral-8x7b", "qwen3-30b-a3b"),
                         [](const testing::TestParamInfo<std::string>& model) {
                           std::string name = model.param;
                           std::erase_if(name, [](char c) {
                             return c == '-' || c == '.';
                           });
                           return name;
                         });

}  // namespace
}  // namespace hwledger
