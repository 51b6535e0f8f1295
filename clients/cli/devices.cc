#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "hwledger/v1/hardware.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger devices\n"
    "  hwledger devices --watch                        once a second\n"
    "  hwledger devices --watch --interval 100 --json\n"
    "  hwledger devices --presets                      GPUs to plan for\n";

struct DevicesOptions {
  bool watch = false;
  bool presets = false;
  v1::WatchDevicesRequest request;
};

std::string Unknown() { return std::string(kUnknown); }

template <typename Response>
std::string FormatDevices(const Response& response, const Surface& surface) {
  Table table({{.title = "Device", .align = Align::kLeft},
               {.title = "Kind", .align = Align::kLeft, .leaves = 3},
               {.title = "Memory"},
               {.title = "Free"},
               {.title = "Bandwidth"},
               {.title = "Compute", .leaves = 5},
               {.title = "Cores", .leaves = 4},
               {.title = "Use", .leaves = 2},
               {.title = "Temp.", .leaves = 1},
               {.title = "Name", .align = Align::kLeft, .width_min = 12}});
  for (const v1::Device& device : response.devices()) {
    table.AddRow(
        {device.name(), std::string(DeviceKindWords(device.kind())),
         device.has_total_bytes() ? FormatBytes(device.total_bytes())
                                  : Unknown(),
         device.has_free_bytes() ? FormatBytes(device.free_bytes()) : Unknown(),
         device.has_bandwidth_bytes_per_second()
             ? FormatBandwidth(device.bandwidth_bytes_per_second())
             : Unknown(),
         device.has_flops_per_second() ? FormatFlops(device.flops_per_second())
                                       : Unknown(),
         device.has_core_count() ? absl::StrCat(device.core_count())
                                 : Unknown(),
         device.has_utilization_percent()
             ? absl::StrFormat("%.0f %%", device.utilization_percent())
             : Unknown(),
         device.has_temperature_celsius()
             ? absl::StrFormat("%.0f °C", device.temperature_celsius())
             : Unknown(),
         device.has_description() ? device.description() : Unknown()});
  }
  return table.Format(surface);
}

// The rate of a precision that is there, of those that models are computed in.
std::string FormatKnown(bool is_known, double flops_per_second) {
  return is_known ? FormatFlops(flops_per_second) : Unknown();
}

std::string FormatPresets(const v1::ListDevicePresetsResponse& response,
                          const Surface& surface) {
  Table table({{.title = "Preset", .align = Align::kLeft},
               {.title = "Memory"},
               {.title = "Usable"},
               {.title = "Bandwidth"},
               {.title = "FP32", .leaves = 3},
               {.title = "FP16", .leaves = 4},
               {.title = "FP8", .leaves = 1},
               {.title = "INT8", .leaves = 2},
               {.title = "Name", .align = Align::kLeft, .width_min = 12},
               {.title = "Source", .align = Align::kLeft, .pipes_only = true}});
  for (const v1::DevicePreset& preset : response.presets()) {
    table.AddRow({preset.name(), FormatBytes(preset.total_bytes()),
                  FormatBytes(preset.usable_bytes()),
                  FormatBandwidth(preset.bandwidth_bytes_per_second()),
                  FormatKnown(preset.has_fp32_flops_per_second(),
                              preset.fp32_flops_per_second()),
                  FormatKnown(preset.has_fp16_flops_per_second(),
                              preset.fp16_flops_per_second()),
                  FormatKnown(preset.has_fp8_flops_per_second(),
                              preset.fp8_flops_per_second()),
                  FormatKnown(preset.has_int8_ops_per_second(),
                              preset.int8_ops_per_second()),
                  preset.description(), absl::StrJoin(preset.sources(), " ")});
  }
  return table.Format(surface);
}

ExitCode RunPresets(const Session& session) {
  v1::ListDevicePresetsResponse response;
  const grpc::Status status =
      v1::Hardware::NewStub(session.channel)
          ->ListDevicePresets(UnaryCall().get(), {}, &response);
  if (!status.ok()) return ReportFailure(status);

  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatPresets(response, OutputSurface());
  }
  return ExitCode::kOk;
}

ExitCode RunDevices(const Session& session) {
  v1::ListDevicesResponse response;
  const grpc::Status status =
      v1::Hardware::NewStub(session.channel)
          ->ListDevices(UnaryCall().get(), {}, &response);
  if (!status.ok()) return ReportFailure(status);

  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatDevices(response, OutputSurface());
  }
  return ExitCode::kOk;
}

// On a terminal a table takes the place of the one before.
class RedrawnTable {
 public:
  void Show(const std::string& table, const Surface& surface) {
    // "Cursor up" and "erase to the end of the display" (ECMA-48).
    if (surface.terminal && line_count_ > 0) {
      std::cout << "\x1b[" << line_count_ << "A\x1b[J";
    }
    std::cout << table << std::flush;
    line_count_ = std::ranges::count(table, '\n');
  }

 private:
  int64_t line_count_ = 0;
};

// Until Ctrl-C, which is how a watch is meant to end.
ExitCode WatchDevices(const Session& session,
                      const v1::WatchDevicesRequest& request) {
  grpc::ClientContext context;
  const InterruptWatch interrupt([&context] { context.TryCancel(); });
  const auto watch =
      v1::Hardware::NewStub(session.channel)->WatchDevices(&context, request);
  RedrawnTable table;
  v1::WatchDevicesResponse response;
  while (watch->Read(&response)) {
    if (session.json) {
      PrintJson(response);
      continue;
    }
    const Surface surface = OutputSurface();  // A window changes its width.
    table.Show(FormatDevices(response, surface), surface);
  }
  const grpc::Status status = watch->Finish();
  if (status.ok() || interrupt.interrupted()) return ExitCode::kOk;
  return ReportFailure(status);
}

}  // namespace

void AddDevicesCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<DevicesOptions>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "devices",
       .purpose = "List what the daemon's machine has to run models on",
       .examples = kExamples},
      [options](const Session& session) {
        if (options->presets) return RunPresets(session);
        return options->watch ? WatchDevices(session, options->request)
                              : RunDevices(session);
      });
  CLI::Option* watch =
      command.add_flag("--watch", options->watch, "Go on until Ctrl-C");
  command
      .add_flag("--presets", options->presets,
                "List the GPUs that can be planned for by name, without having "
                "them")
      ->excludes(watch);
  AddField<int32_t>(command, "--interval", "MS",
                    "Milliseconds between two looks, 100 to 60000 (default "
                    "1000)",
                    [options](const int32_t& interval) {
                      options->request.set_interval_ms(interval);
                    })
      ->check(CLI::Range(100, 60'000))
      ->option_text("MS")
      ->needs(watch);
}

}  // namespace hwledger
