import HWLedgerContract

extension HWLedgerClient {
  private var hardware: Hwledger_V1_Hardware.Client<Transport> { .init(wrapping: grpc) }

  /// The devices of the daemon's machine as they are now: the CPU first, then the GPUs. An
  /// unknown is absent, never 0.
  public func listDevices() async throws -> [Device] {
    try await answer { try await hardware.listDevices(.init(), options: $0) }.devices
  }

  /// The same again and again: the first answer at once, with how busy the processors were
  /// from the second on.
  /// - Parameter interval: Between two answers, 100 milliseconds to one minute. Nil: one
  ///   second.
  public func watchDevices(
    every interval: Duration? = nil
  ) -> AsyncThrowingStream<DeviceReadings, any Error> {
    let request = Hwledger_V1_WatchDevicesRequest.with {
      if let interval {
        // Past the limit the daemon says so; past 32 bits nothing is counted.
        $0.intervalMs = Int32(min(interval / .milliseconds(1), Double(Int32.max)))
      }
    }
    return callStream { [self] answers in
      try await hardware.watchDevices(request, options: streaming) { response in
        for try await readings in response.messages {
          try await answers.send(readings)
        }
      }
    }
  }

  /// The GPUs that can be planned for by name without having them.
  public func listDevicePresets() async throws -> [DevicePreset] {
    try await answer { try await hardware.listDevicePresets(.init(), options: $0) }.presets
  }
}
