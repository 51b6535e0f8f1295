import Observation

/// The page that says whether a model fits: what is asked, and the newest answer.
///
/// Every change is asked at once. While a slider moves, questions that the daemon did not
/// come to are skipped, here and there; answers that are older than what is shown, or of
/// another model, never show.
@MainActor @Observable
public final class PlannerPage {
  public private(set) var question = PlanQuestion()

  public private(set) var plan: Plan?

  /// What the daemon has against the question.
  public private(set) var failure: DaemonFailure?

  /// Whether ``plan`` answers an earlier question than what is asked.
  public var isBehind: Bool { questions != nil && plan?.tag != question.tag }

  /// To choose the sequence length with, as far as the model goes.
  public var sequenceScale: LogarithmicScale {
    LogarithmicScale(1...max(plan?.modelSequenceLength ?? 0, 131_072))
  }

  /// To choose the batch size with.
  public let batchScale = LogarithmicScale(1...256)

  /// Where on ``sequenceScale`` the longest context stands that fits; nil where none does.
  public var longestPosition: Double? {
    guard let longest = plan?.longestSequenceLength, longest > 0 else { return nil }
    return sequenceScale.position(of: longest)
  }

  private let daemon: any Daemon
  private var questions: AsyncStream<PlanQuestion>.Continuation?
  @ObservationIgnored private var answers: Task<Void, Never>?
  /// Older answers are of something else than the settings, sliders apart, that stand now.
  private var firstTag: Int64 = 1
  private var answeredTag: Int64 = 0

  public init(daemon: any Daemon) {
    self.daemon = daemon
  }

  deinit {
    answers?.cancel()
  }

  /// Changes what is asked, and asks.
  public func change(_ change: (inout PlanQuestion) -> Void) {
    var next = question
    change(&next)
    if next != question {
      ask(next)
    }
  }

  /// Asks again what is asked: the daemon is back.
  public func askAgain() {
    ask(question)
  }

  /// Ends the call to the daemon; the next question opens another.
  public func stop() {
    answers?.cancel()
    answers = nil
    questions = nil
  }

  private func ask(_ next: PlanQuestion) {
    let old = question
    question = next
    question.tag = old.tag + 1
    if !differsBySlidersOnly(question, old) {
      firstTag = question.tag
    }
    guard !question.modelID.isEmpty else { return }
    if let questions {
      questions.yield(question)
    } else {
      open()
    }
  }

  private func differsBySlidersOnly(_ left: PlanQuestion, _ right: PlanQuestion) -> Bool {
    var left = left
    left.sequenceLength = right.sequenceLength
    left.batchSize = right.batchSize
    left.tag = right.tag
    return left == right
  }

  private func open() {
    // One that waits here is replaced: only the newest is worth an answer.
    let (stream, continuation) = AsyncStream.makeStream(
      of: PlanQuestion.self, bufferingPolicy: .bufferingNewest(1))
    questions = continuation
    continuation.yield(question)
    let plans = daemon.watchPlans(stream)
    answers = Task { [weak self] in
      do {
        for try await plan in plans {
          self?.show(plan)
        }
        self?.ended(nil)
      } catch {
        self?.ended(DaemonFailure(error))
      }
    }
  }

  private func show(_ answer: Plan) {
    guard answer.tag >= firstTag, answer.tag > answeredTag else { return }
    answeredTag = answer.tag
    plan = answer
    failure = nil
  }

  private func ended(_ failure: DaemonFailure?) {
    guard !Task.isCancelled else { return }
    questions = nil
    answers = nil
    guard let failure else { return }
    // Which of several questions was refused nobody tells; the newest, asked alone, shows.
    if !failure.isUnreachable, question.tag > answeredTag + 1 {
      answeredTag = question.tag - 1
      open()
    } else {
      self.failure = failure
    }
  }
}
