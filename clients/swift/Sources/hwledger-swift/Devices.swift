import ArgumentParser
import HWLedger
import HWLedgerFormat

/// The devices of the daemon's machine.
struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the devices of the daemon's machine.")

  @OptionGroup var connection: Connection

  @Flag(help: "Go on until Ctrl-C.")
  var watch = false

  func run() async throws {
    let client = try connection.client()
    guard watch else {
      try await client.listDevices().forEach(show)
      return
    }
    for try await readings in client.watchDevices() {
      readings.devices.forEach(show)
    }
  }

  private func show(_ device: Device) {
    var line = device.name
    if device.hasFreeBytes, device.hasTotalBytes {
      line += "  \(memoryText(device.freeBytes)) of \(memoryText(device.totalBytes)) free"
    }
    if device.hasUtilizationPercent {
      line += "  \(Int(device.utilizationPercent)) % busy"
    }
    if device.hasTemperatureCelsius {
      line += "  \(Int(device.temperatureCelsius)) °C"
    }
    if device.hasDescription_p {
      line += "  \(device.description_p)"
    }
    print(line)
  }
}
