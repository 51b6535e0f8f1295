import GRPCCore
import GRPCProtobuf

/// A call failed, or could not be made. A call that its own task gave up ends with
/// `CancellationError` instead; a model that does not fit is an answer, not a failure.
public enum HWLedgerError: Error, Sendable, Hashable {
  /// The daemon refused the call or failed at it, and said why. With
  /// `RPCError.Code.unavailable`: the process that ran the model died.
  case daemon(Failure)

  /// Nobody answers, the connection broke, or the call took longer than it may.
  case connection(Failure)

  /// What the client was told contradicts itself: an address that is none, or a token
  /// that would be sent to another machine in the clear.
  case configuration(String)

  /// What became of a call.
  public struct Failure: Sendable, Hashable {
    /// What kind of failure it is.
    public var code: RPCError.Code
    /// What was wrong, then the values; a person can act on it.
    public var message: String
    /// The daemon's own word for it, such as `INVALID_FIELD`. Nil: it told none.
    public var reason: String?
    /// The fields of the request that are wrong; empty where none is.
    public var fieldViolations: [FieldViolation]
    /// After how long a second try may do. Nil: not told.
    public var retryDelay: Duration?

    public init(
      code: RPCError.Code, message: String, reason: String? = nil,
      fieldViolations: [FieldViolation] = [], retryDelay: Duration? = nil
    ) {
      self.code = code
      self.message = message
      self.reason = reason
      self.fieldViolations = fieldViolations
      self.retryDelay = retryDelay
    }
  }

  /// A field of a request that the daemon refuses.
  public struct FieldViolation: Sendable, Hashable {
    /// Its path in the request, as the contract names it.
    public var field: String
    /// What is wrong with it, and the value.
    public var description: String

    public init(field: String, description: String) {
      self.field = field
      self.description = description
    }
  }

  /// Of a call; nil for ``configuration(_:)``.
  public var failure: Failure? {
    switch self {
    case .daemon(let failure), .connection(let failure): failure
    case .configuration: nil
    }
  }

  /// What was wrong, for a person.
  public var message: String {
    switch self {
    case .daemon(let failure), .connection(let failure): failure.message
    case .configuration(let message): message
    }
  }
}

extension HWLedgerError: CustomStringConvertible {
  public var description: String { message }
}

extension HWLedgerError {
  /// What callers get to see of a call that failed: `CancellationError` where their task
  /// gave it up.
  static func of(_ error: any Error) -> any Error {
    if error is HWLedgerError || error is CancellationError {
      return error
    }
    guard let failure = error as? RPCError else {
      return HWLedgerError.connection(
        Failure(code: .unavailable, message: String(describing: error)))
    }
    if failure.code == .cancelled, Task.isCancelled {
      return CancellationError()
    }
    return HWLedgerError(failure)
  }

  init(_ error: RPCError) {
    var failure = Failure(code: error.code, message: error.message)
    if failure.message.isEmpty {
      failure.message = "the daemon failed without a reason (\(error.code))"
    }
    // Details that cannot be read are as good as none: code and message stand.
    guard let status = try? error.unpackGoogleRPCStatus() else {
      self = .connection(failure)
      return
    }
    for detail in status.details {
      if let info = detail.errorInfo {
        failure.reason = info.reason
      } else if let request = detail.badRequest {
        failure.fieldViolations = request.violations.map {
          FieldViolation(field: $0.field, description: $0.violationDescription)
        }
      } else if let retry = detail.retryInfo {
        failure.retryDelay = retry.delay
      }
    }
    self = .daemon(failure)
  }
}
