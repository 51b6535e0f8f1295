import Observation

/// The page of the machine's devices, live.
@MainActor @Observable
public final class DevicesPage {
  /// A device and what it read lately, oldest first.
  public struct Course: Sendable, Identifiable {
    public var name: String
    public var readings: [DeviceReading]

    public var id: String { name }
    public var now: DeviceReading { readings[readings.count - 1] }
  }

  public private(set) var courses: [Course] = []
  public private(set) var presets: [DevicePreset] = []
  public private(set) var failure: DaemonFailure?

  /// Two minutes of one reading per second.
  public static let readingsMax = 120

  private let daemon: any Daemon

  public init(daemon: any Daemon) {
    self.daemon = daemon
  }

  /// Returns when the daemon ends it, or the task is cancelled.
  public func watch() async {
    do {
      for try await readings in daemon.watchDevices() {
        failure = nil
        show(readings)
      }
    } catch {
      failure = DaemonFailure(error) ?? failure
    }
  }

  /// What can be planned for; once is enough.
  public func loadPresets() async {
    do {
      presets = try await daemon.devicePresets()
    } catch {
      failure = DaemonFailure(error) ?? failure
    }
  }

  private func show(_ readings: [DeviceReading]) {
    let known = Dictionary(uniqueKeysWithValues: courses.map { ($0.name, $0.readings) })
    courses = readings.map { reading in
      let before = known[reading.name, default: []].suffix(Self.readingsMax - 1)
      return Course(name: reading.name, readings: before + [reading])
    }
  }
}
