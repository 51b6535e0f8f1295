import ArgumentParser
import Dispatch
import Foundation
import HWLedger

/// Runs a model and prints what it says as it says it.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a model; Ctrl-C ends the generation.")

  @OptionGroup var connection: Connection

  @Argument(help: "As for plan, but there must be a file to run.")
  var model: String

  @Argument(help: "What to say to it.")
  var prompt: String

  @Flag(help: "Continue the prompt as it is, without the model's template.")
  var raw = false

  @Option(name: [.short, .long], help: "The most tokens to generate.")
  var maxTokens: Int?

  @Option(help: "The same seed and request give the same tokens.")
  var seed: Int64?

  func run() async throws {
    let client = try connection.client()
    let generation = Task { try await show(client.runInference(request)) }
    let interrupt = Interrupt { generation.cancel() }
    defer { interrupt.end() }
    do {
      try await generation.value
    } catch is CancellationError {
      print("")
      // As a program that a signal ended.
      throw ExitCode(130)
    }
  }

  private var request: RunInferenceRequest {
    .with {
      $0.modelID = model
      if raw {
        $0.prompt = prompt
      } else {
        $0.chat.messages = [
          .with {
            $0.role = "user"
            $0.content = prompt
          }
        ]
      }
      if let maxTokens { $0.maxTokens = Int32(clamping: maxTokens) }
      if let seed { $0.sampling.seed = seed }
    }
  }

  private func show(_ events: AsyncThrowingStream<InferenceEvent, any Error>) async throws {
    for try await event in events {
      switch event {
      case .queued(let position): note("waits behind \(position) others")
      case .loadProgress, .promptProgress, .toolCall: break
      case .reasoning(let reasoning): FileHandle.standardError.write(Data(reasoning.text.utf8))
      case .token(let token): FileHandle.standardOutput.write(Data(token.text.utf8))
      case .completion(let completion): summarize(completion)
      }
    }
    try Task.checkCancellation()
  }

  private func summarize(_ completion: Completion) {
    print("")
    let first = completion.timings.timeToFirstToken
    let seconds = Double(first.seconds) + Double(first.nanos) / 1e9
    var line =
      "\(completion.usage.completionTokens) tokens,"
      + " first after \(String(format: "%.1f", seconds * 1000)) ms"
    if completion.timings.hasDecodeTokensPerSecond {
      let rate = completion.timings.decodeTokensPerSecond
      line += ", \(String(format: "%.0f", rate)) tokens/s"
    }
    note(line)
  }

  private func note(_ line: String) {
    FileHandle.standardError.write(Data("[\(line)]\n".utf8))
  }
}

/// Does something at Ctrl-C instead of ending the program.
private struct Interrupt {
  private let source: any DispatchSourceSignal

  init(_ action: @escaping @Sendable () -> Void) {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler(handler: action)
    source.resume()
  }

  func end() {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
}
