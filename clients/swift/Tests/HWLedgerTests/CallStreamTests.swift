import Synchronization
import Testing

@testable import HWLedger

struct CallStreamTests {
  /// What a call came to.
  private final class Course: Sendable {
    private let state = Mutex((sent: 0, isOver: false))
    var sent: Int { state.withLock { $0.sent } }
    var isOver: Bool { state.withLock { $0.isOver } }
    func send() { state.withLock { $0.sent += 1 } }
    func end() { state.withLock { $0.isOver = true } }
  }

  private func numbers(_ course: Course, upTo count: Int) -> AsyncThrowingStream<Int, any Error> {
    callStream { answers in
      defer { course.end() }
      for number in 0..<count {
        try await answers.send(number)
        course.send()
      }
    }
  }

  private func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<5000 {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(1))
    }
    return false
  }

  @Test func allAnswersComeInOrder() async throws {
    var taken: [Int] = []
    for try await number in numbers(Course(), upTo: 10_000) { taken.append(number) }
    #expect(taken == Array(0..<10_000))
  }

  @Test func whoDoesNotTakeIsNotSentWithoutEnd() async throws {
    let course = Course()
    let stream = numbers(course, upTo: 1_000_000)
    #expect(await eventually { course.sent == 255 })
    try await Task.sleep(for: .milliseconds(20))
    #expect(course.sent == 255)
    _ = stream
  }

  @Test func lettingGoOfTheStreamEndsTheCall() async {
    let course = Course()
    var stream: AsyncThrowingStream<Int, any Error>? = numbers(course, upTo: .max)
    _ = stream
    stream = nil
    #expect(await eventually { course.isOver })
  }

  @Test func leavingTheLoopEndsTheCall() async throws {
    let course = Course()
    do {
      for try await number in numbers(course, upTo: .max) where number == 3 { break }
    }
    #expect(await eventually { course.isOver })
  }

  @Test func cancellingTheReaderEndsTheCall() async {
    let course = Course()
    let silent: AsyncThrowingStream<Int, any Error> = callStream { _ in
      defer { course.end() }
      try await Task.sleep(for: .seconds(60))
    }
    let reader = Task { for try await _ in silent {} }
    reader.cancel()
    #expect(await eventually { course.isOver })
    _ = await reader.result
  }

  @Test func aFailureComesAfterTheAnswersBeforeIt() async {
    let stream: AsyncThrowingStream<Int, any Error> = callStream { answers in
      try await answers.send(1)
      throw HWLedgerError.configuration("no more")
    }
    var taken: [Int] = []
    await #expect(throws: HWLedgerError.configuration("no more")) {
      for try await number in stream { taken.append(number) }
    }
    #expect(taken == [1])
  }
}
