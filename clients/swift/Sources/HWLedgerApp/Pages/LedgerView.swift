#if canImport(SwiftUI)
  import Charts
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  struct LedgerView: View {
    let page: LedgerPage

    var body: some View {
      VStack(spacing: 12) {
        if let failure = page.failure { FailureLabel(failure: failure) }
        Chart(page.measured) { entry in
          PointMark(
            x: .value("Measured", entry.measuredBytes),
            y: .value("Predicted", entry.predictedBytes)
          )
          .accessibilityLabel(entry.modelID)
          .accessibilityValue(
            "\(memoryText(entry.predictedBytes)), \(memoryText(entry.measuredBytes))")
        }
        .chartXAxisLabel("Measured")
        .chartYAxisLabel("Predicted")
        .chartXScale(type: .log)
        .chartYScale(type: .log)
        .frame(height: 220)
        Table(page.entries) {
          TableColumn("Loaded") { Text($0.loadedAt, format: .dateTime) }
          TableColumn("Model") { Text($0.modelID) }
          TableColumn("Predicted") { Text(memoryText($0.predictedBytes)).monospacedDigit() }
          TableColumn("Measured") { Text(memoryText($0.measuredBytes)).monospacedDigit() }
          TableColumn("Error") { entry in
            if let error = entry.errorPercent { Text("\(threeDigits(error)) %").monospacedDigit() }
          }
        }
        if page.hasMore {
          Button("Older loads") { Task { await page.loadMore() } }
        }
      }
      .padding()
      .task { await page.refresh() }
    }
  }
#endif
