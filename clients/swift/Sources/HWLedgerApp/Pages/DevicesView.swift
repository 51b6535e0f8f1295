#if canImport(SwiftUI)
  import Charts
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  struct DevicesView: View {
    let page: DevicesPage

    var body: some View {
      ScrollView {
        LazyVStack(spacing: 16) {
          if let failure = page.failure { FailureLabel(failure: failure) }
          ForEach(page.courses) { DeviceCard(course: $0) }
        }
        .padding()
      }
      .task { await follow() }
    }

    // Again after the daemon was gone.
    private func follow() async {
      while !Task.isCancelled {
        await page.watch()
        try? await Task.sleep(for: .seconds(2))
      }
    }
  }

  private struct DeviceCard: View {
    let course: DevicesPage.Course

    var body: some View {
      GroupBox {
        VStack(alignment: .leading) {
          HStack {
            if let free = course.now.freeBytes, let total = course.now.totalBytes {
              Text("\(memoryText(free)) of \(memoryText(total)) free")
            }
            Spacer()
            if let busy = course.now.utilizationPercent {
              Text("\(busy, format: .number.precision(.fractionLength(0))) % busy")
            }
            if let heat = course.now.temperatureCelsius {
              Text(
                Measurement(value: heat, unit: UnitTemperature.celsius),
                format: .measurement(width: .abbreviated))
            }
          }
          .monospacedDigit()
          Chart(Array(course.readings.enumerated()), id: \.offset) { place, reading in
            if let free = reading.freeBytes {
              LineMark(x: .value("Reading", place), y: .value("Free", free))
            }
          }
          .chartYAxis {
            AxisMarks { mark in
              AxisGridLine()
              AxisValueLabel { Text(memoryText(mark.as(Int64.self) ?? 0)) }
            }
          }
          .chartXAxis(.hidden)
          .frame(height: 120)
          .accessibilityLabel("Free memory of \(course.name)")
        }
      } label: {
        Text(course.now.title.map { "\(course.name): \($0)" } ?? course.name)
      }
    }
  }
#endif
