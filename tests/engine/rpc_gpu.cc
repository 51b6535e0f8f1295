#include "tests/engine/rpc_gpu.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "ggml-rpc.h"
#include "ggml.h"

// ggml keeps what it knows of a server for as long as the process lives.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libggml-rpc.so";
}

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

// Ends with the process that started it.
[[noreturn]] void Serve(ggml_backend_reg_t rpc, const std::string& endpoint,
                        size_t count) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<ggml_backend_dev_t> devices(
      count, ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
  RpcFunction<decltype(&ggml_backend_rpc_start_server)>(
      rpc, "ggml_backend_rpc_start_server")(endpoint.c_str(), nullptr,
                                            /*n_threads=*/1, devices.size(),
                                            devices.data());
  _exit(1);
}

// The start of ggml_backend_device (ggml-backend-impl.h), which is ggml's own:
// no package has that header.
struct DeviceInterface {
  const char* (*get_name)(ggml_backend_dev_t);
  const char* (*get_description)(ggml_backend_dev_t);
  void (*get_memory)(ggml_backend_dev_t, size_t*, size_t*);
  enum ggml_backend_dev_type (*get_type)(ggml_backend_dev_t);
  void (*get_props)(ggml_backend_dev_t, ggml_backend_dev_props*);
  ggml_backend_t (*init_backend)(ggml_backend_dev_t, const char*);
  ggml_backend_buffer_type_t (*get_buffer_type)(ggml_backend_dev_t);
  ggml_backend_buffer_type_t (*get_host_buffer_type)(ggml_backend_dev_t);
  ggml_backend_buffer_t (*buffer_from_host_ptr)(ggml_backend_dev_t, void*,
                                                size_t, size_t);
  bool (*supports_op)(ggml_backend_dev_t, const ggml_tensor*);
  bool (*supports_buft)(ggml_backend_dev_t, ggml_backend_buffer_type_t);
  bool (*offload_op)(ggml_backend_dev_t, const ggml_tensor*);
};

// As CUDA's and Vulkan's devices decide: by how many rows are computed.
bool ComputesForHost(ggml_backend_dev_t /*device*/, const ggml_tensor* result) {
  constexpr int64_t few = 32;
  switch (result->op) {
    case GGML_OP_GET_ROWS:
      return false;
    case GGML_OP_MUL_MAT:
      return result->ne[1] >= few;
    case GGML_OP_MUL_MAT_ID:
    case GGML_OP_ROPE:
      return result->ne[2] >= few;
    default:
      return ggml_nrows(result) >= few;
  }
}

// Pinned memory stands in front of layouts of the CPU's own.
ggml_backend_buffer_type_t PinnedMemory(ggml_backend_dev_t /*device*/) {
  return ggml_backend_cpu_buffer_type();
}

}  // namespace

void RpcGpuTest::StartGpus(size_t count) {
  if (server_ > 0) return;
  ggml_backend_reg_t rpc = ggml_backend_reg_by_name("RPC");
  if (rpc == nullptr ||
      ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_GPU) != nullptr) {
    return;
  }
  LocalAddress address;
  server_ = fork();
  if (server_ == 0) Serve(rpc, address.ToString(), count);
  // ggml ends the process if it finds no server.
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool is_served = false;
  while (!is_served && std::chrono::steady_clock::now() < deadline) {
    is_served = address.IsServed();
  }
  ASSERT_TRUE(is_served);
  ggml_backend_reg_t gpu = RpcFunction<decltype(&ggml_backend_rpc_add_server)>(
      rpc, "ggml_backend_rpc_add_server")(address.ToString().c_str());
  ASSERT_NE(gpu, nullptr);
  ggml_backend_register(gpu);
}

void RpcGpuTest::SetUp() {
  if (server_ <= 0) GTEST_SKIP() << "needs ggml's RPC backend and no GPU";
}

std::vector<Device> RpcGpuTest::Devices() {
  std::vector<Device> devices = {{.name = "CPU"}};
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    if (ggml_backend_dev_type(device) != GGML_BACKEND_DEVICE_TYPE_GPU) continue;
    size_t free = 0;
    size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    devices.push_back({.name = ggml_backend_dev_name(device),
                       .kind = DeviceKind::kGpu,
                       .free = Bytes(static_cast<int64_t>(free)),
                       .computes_for_host = compute_for_host_});
  }
  return devices;
}

void RpcGpuTest::LetGpusComputeForHost() {
  if (server_ <= 0 || compute_for_host_) return;
  compute_for_host_ = true;
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    if (ggml_backend_dev_type(device) != GGML_BACKEND_DEVICE_TYPE_GPU) continue;
    auto& interface = *reinterpret_cast<DeviceInterface*>(device);
    // Else ggml's struct is another by now.
    ASSERT_STREQ(interface.get_name(device), ggml_backend_dev_name(device));
    ASSERT_EQ(interface.get_type(device), GGML_BACKEND_DEVICE_TYPE_GPU);
    ASSERT_EQ(interface.offload_op, nullptr);
    interface.offload_op = ComputesForHost;
    interface.get_host_buffer_type = PinnedMemory;
  }
}

}  // namespace hwledger
