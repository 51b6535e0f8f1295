#if canImport(SwiftUI)
  import HWLedgerFormat
  import HWLedgerViewModels
  import SwiftUI

  struct RunView: View {
    @Bindable var page: RunPage
    let library: LibraryPage
    @State private var draft = ""
    @FocusState private var isWriting: Bool

    var body: some View {
      VStack(spacing: 12) {
        HStack {
          ModelField(modelID: $page.modelID, library: library).disabled(page.isRunning)
          Button("New conversation", systemImage: "square.and.pencil") { page.clear() }
            .keyboardShortcut("n")
        }
        ScrollView {
          LazyVStack(alignment: .leading, spacing: 12) {
            ForEach(page.turns) { TurnView(turn: $0) }
          }
        }
        .defaultScrollAnchor(.bottom)
        RunStateLabel(state: page.state, tokenCount: page.tokenCount)
        HStack(alignment: .bottom) {
          TextField("Say something", text: $draft, axis: .vertical)
            .lineLimit(1...6)
            .focused($isWriting)
            .onSubmit(send)
          if page.isRunning {
            Button("Stop", systemImage: "stop.fill") { page.cancel() }
              .keyboardShortcut(".")
          } else {
            Button("Send", systemImage: "paperplane", action: send)
              .keyboardShortcut(.return)
              .disabled(draft.isEmpty || page.modelID.isEmpty)
          }
        }
      }
      .padding()
      .onAppear { isWriting = true }
    }

    private func send() {
      guard !page.isRunning, !page.modelID.isEmpty else { return }
      page.send(draft)
      draft = ""
    }
  }

  private struct TurnView: View {
    let turn: Turn

    var body: some View {
      VStack(alignment: .leading, spacing: 4) {
        Text(turn.speaker == .user ? "You" : "Model").font(.caption).foregroundStyle(.secondary)
        if !turn.reasoning.isEmpty {
          Text(turn.reasoning).font(.callout).italic().foregroundStyle(.secondary)
        }
        Text(markdown).textSelection(.enabled)
      }
      .frame(maxWidth: .infinity, alignment: .leading)
      .accessibilityElement(children: .combine)
      .contextMenu { CopyButton(text: turn.text) }
    }

    private var markdown: AttributedString {
      let options = AttributedString.MarkdownParsingOptions(
        interpretedSyntax: .inlineOnlyPreservingWhitespace)
      return (try? AttributedString(markdown: turn.text, options: options))
        ?? AttributedString(turn.text)
    }
  }

  private struct RunStateLabel: View {
    let state: RunPage.State
    let tokenCount: Int

    var body: some View {
      switch state {
      case .idle: EmptyView()
      case .asked: ProgressView().controlSize(.small).accessibilityLabel("Waiting")
      case .queued(let position): Text("Waits behind \(position) others")
      case .loading(let fraction): ProgressView("Loading the model", value: fraction)
      case .reading(let processed, let total):
        ProgressView("Reading the prompt", value: Double(processed), total: Double(max(total, 1)))
      case .writing: Text("\(tokenCount) tokens").monospacedDigit()
      case .completed(let summary): SummaryLine(summary: summary)
      case .cancelled: Label("Stopped", systemImage: "stop.circle")
      case .failed(let failure): FailureLabel(failure: failure)
      }
    }
  }

  private struct SummaryLine: View {
    private static let time = Duration.UnitsFormatStyle.units(
      allowed: [.seconds, .milliseconds], width: .narrow)

    let summary: GenerationSummary

    var body: some View {
      HStack(spacing: 16) {
        Text("\(summary.completionTokens) tokens")
        if let rate = summary.tokensPerSecond { Text("\(threeDigits(rate)) tokens/s") }
        Text("first after \(summary.timeToFirstToken.formatted(Self.time))")
        Text(
          """
          predicted \(memoryText(summary.predictedBytes)), \
          measured \(memoryText(summary.measuredBytes))
          """)
      }
      .font(.caption)
      .monospacedDigit()
    }
  }
#endif
