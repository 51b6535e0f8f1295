#if canImport(SwiftUI)
  import Charts
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  /// The layers' weights and KV cache, the darker the more.
  struct LayerHeatMap: View {
    let layers: [LayerPlan]
    @State private var selected: Int?

    var body: some View {
      VStack(alignment: .leading) {
        Chart(layers) { layer in
          cell(layer, "Weights", layer.weights)
          cell(layer, "KV cache", layer.kvCache)
        }
        .chartForegroundStyleScale(range: Gradient(colors: [.blue.opacity(0.1), .blue]))
        .chartXSelection(value: $selected)
        .frame(height: 110)
        if let layer = layers.first(where: { $0.index == selected }) {
          Text(
            """
            Layer \(layer.index) on \(layer.device): weights \(memoryText(layer.weights)), \
            KV cache \(memoryText(layer.kvCache))
            """
          )
          .font(.caption)
        }
      }
    }

    private func cell(_ layer: LayerPlan, _ part: LocalizedStringResource, _ bytes: Int64)
      -> some ChartContent
    {
      RectangleMark(
        x: .value("Layer", layer.index),
        y: .value("Part", String(localized: part)),
        width: .ratio(1), height: .ratio(0.9)
      )
      .foregroundStyle(by: .value("Bytes", bytes))
      .accessibilityLabel("Layer \(layer.index), \(String(localized: part))")
      .accessibilityValue(memoryText(bytes))
    }
  }
#endif
