#if canImport(SwiftUI)
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI
  import UniformTypeIdentifiers

  struct PlannerView: View {
    let page: PlannerPage
    let library: LibraryPage
    let devices: DevicesPage

    var body: some View {
      HSplitView {
        PlannerSettings(page: page, library: library, devices: devices)
          .frame(minWidth: 280, idealWidth: 320, maxWidth: 400)
        ScrollView {
          if let failure = page.failure { FailureLabel(failure: failure) }
          if let plan = page.plan { PlanSummary(plan: plan).opacity(page.isBehind ? 0.8 : 1) }
        }
        .padding()
        .frame(minWidth: 400)
      }
      .dropDestination(for: URL.self) { urls, _ in
        guard let file = urls.first(where: { $0.pathExtension == "gguf" }) else { return false }
        page.change { $0.modelID = file.path(percentEncoded: false) }
        return true
      }
      .onDisappear { page.stop() }
      .onAppear { page.askAgain() }
    }
  }

  private struct PlannerSettings: View {
    let page: PlannerPage
    let library: LibraryPage
    let devices: DevicesPage

    var body: some View {
      Form {
        ModelField(modelID: bind(\.modelID), library: library)
        ScaleSlider(
          "Sequence length", value: bind(\.sequenceLength), scale: page.sequenceScale,
          mark: page.longestPosition)
        ScaleSlider("Sequences", value: bind(\.batchSize), scale: page.batchScale)
        TextField("Weights", text: bind(\.quantization), prompt: Text("as stored"))
        Picker("KV cache", selection: bind(\.kvCacheType)) {
          Text("f16").tag(String?.none)
          ForEach(["q8_0", "q5_1", "q4_0"], id: \.self) { Text($0).tag(Optional($0)) }
        }
        Picker("Device", selection: device) {
          Text("This machine").tag("")
          ForEach(devices.presets) { Text($0.title).tag($0.name) }
        }
      }
      .formStyle(.grouped)
    }

    private func bind<Value>(_ path: WritableKeyPath<PlanQuestion, Value>) -> Binding<Value> {
      Binding(
        get: { page.question[keyPath: path] },
        set: { value in page.change { $0[keyPath: path] = value } })
    }

    private var device: Binding<String> {
      Binding(
        get: { page.question.devices.first ?? "" },
        set: { name in page.change { $0.devices = name.isEmpty ? [] : [name] } })
    }
  }

  /// A model by typing, or one of those that are there.
  struct ModelField: View {
    @Binding var modelID: String
    let library: LibraryPage

    var body: some View {
      HStack {
        TextField("Model", text: $modelID, prompt: Text("name, file or folder"))
        Menu {
          ForEach(library.models) { model in
            Button(model.id) { modelID = model.id }
          }
        } label: {
          Image(systemName: "chevron.down")
        }
        .menuStyle(.borderlessButton)
        .fixedSize()
        .accessibilityLabel("Choose a model")
      }
    }
  }

  /// A number on a logarithmic slider, or typed; with a mark.
  private struct ScaleSlider: View {
    let title: LocalizedStringKey
    @Binding var value: Int
    let scale: LogarithmicScale
    let mark: Double?

    init(
      _ title: LocalizedStringKey, value: Binding<Int>, scale: LogarithmicScale,
      mark: Double? = nil
    ) {
      self.title = title
      _value = value
      self.scale = scale
      self.mark = mark
    }

    var body: some View {
      VStack {
        TextField(title, value: $value, format: .number)
        Slider(
          value: Binding(
            get: { scale.position(of: value) }, set: { value = scale.value(at: $0) })
        )
        .accessibilityLabel(title)
        .accessibilityValue(Text(value, format: .number))
        .overlay(alignment: .bottom) {
          if let mark {
            GeometryReader { area in
              Image(systemName: "arrowtriangle.up.fill")
                .imageScale(.small)
                .position(x: area.size.width * mark, y: area.size.height)
                .help("The longest context that fits")
            }
          }
        }
      }
    }
  }

  private struct PlanSummary: View {
    let plan: Plan

    var body: some View {
      VStack(alignment: .leading, spacing: 16) {
        HStack {
          VerdictLabel(verdict: plan.verdict).font(.title2)
          Spacer()
          Text(memoryText(plan.memory.total)).font(.title).monospacedDigit()
        }
        DeviceBars(devices: plan.devices)
        if !plan.layers.isEmpty { LayerHeatMap(layers: plan.layers) }
        if plan.longestSequenceLength > 0 {
          LabeledContent("Longest context that fits") {
            Text("\(plan.longestSequenceLength) tokens")
          }
        }
        rate("Reading", plan.prefill)
        rate("Writing", plan.decode)
        LabeledContent("Method") { Text(plan.isDryRun ? "The engine's own plan" : "Formulas") }
        if let command = plan.launchCommand { LaunchLine(command: command) }
        ForEach(plan.warnings, id: \.self) { Label($0, systemImage: "info.circle") }
      }
      .frame(maxWidth: .infinity, alignment: .leading)
    }

    @ViewBuilder private func rate(_ title: LocalizedStringKey, _ range: RateRange?) -> some View {
      if let range {
        LabeledContent(title) {
          Text("\(rateText(low: range.low, high: range.high)) tokens/s")
        }
      }
    }
  }

  private struct LaunchLine: View {
    let command: String

    var body: some View {
      HStack(alignment: .top) {
        Text(command).font(.callout).monospaced().textSelection(.enabled)
        Spacer()
        CopyButton(text: command)
      }
    }
  }

  /// In words, with a symbol: never in colour alone.
  struct VerdictLabel: View {
    let verdict: Verdict

    var body: some View {
      switch verdict {
      case .fits: Label("Fits", systemImage: "checkmark.circle").foregroundStyle(.green)
      case .tight: Label("Tight", systemImage: "exclamationmark.circle").foregroundStyle(.orange)
      case .doesNotFit: Label("Does not fit", systemImage: "xmark.circle").foregroundStyle(.red)
      case .unknown: Label("Unknown", systemImage: "questionmark.circle")
      }
    }
  }
#endif
