/// Hears of a generation as it goes on, for callers who prefer this to a stream. Called one
/// event after the other; the next event waits until a call returns, so a slow listener
/// slows down its own generation only.
public protocol TokenStreamListener: Sendable {
  /// New text of the answer.
  func onToken(_ token: Token) async

  /// The end of a generation that went well; nothing follows.
  func onComplete(_ completion: Completion) async

  /// Everything else: the request waits, the model is loaded, the prompt is read, the
  /// model thinks or asks for a function.
  func onProgress(_ event: InferenceEvent) async
}

extension TokenStreamListener {
  public func onProgress(_ event: InferenceEvent) async {}
}
