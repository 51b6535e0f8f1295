#if canImport(SwiftUI)
  import Charts
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  /// What each device's memory is taken by, before a rule where its free memory ends.
  struct DeviceBars: View {
    let devices: [DevicePlan]

    var body: some View {
      Chart {
        ForEach(devices) { device in
          ForEach(DevicePlan.Part.allCases, id: \.self) { part in
            BarMark(
              x: .value("Bytes", device.parts[part] ?? 0),
              y: .value("Device", device.name)
            )
            .foregroundStyle(by: .value("Part", part.title))
            .accessibilityLabel("\(device.name), \(part.title)")
            .accessibilityValue(memoryText(device.parts[part] ?? 0))
          }
          if let free = device.free {
            PointMark(x: .value("Free", free), y: .value("Device", device.name))
              .symbol(.diamond)
              .foregroundStyle(.primary)
              .accessibilityLabel("\(device.name), free")
              .accessibilityValue(memoryText(free))
          }
        }
      }
      .chartXAxis {
        AxisMarks { mark in
          AxisGridLine()
          AxisValueLabel { Text(memoryText(mark.as(Int64.self) ?? 0)) }
        }
      }
      .frame(height: 60 + 40 * Double(devices.count))
    }
  }

  extension DevicePlan.Part {
    var title: String {
      switch self {
      case .weights: String(localized: "Weights")
      case .kvCache: String(localized: "KV cache")
      case .computeBuffer: String(localized: "Compute buffer")
      case .outputBuffer: String(localized: "Output buffer")
      case .backendContext: String(localized: "Back-end")
      }
    }
  }
#endif
