import GRPCCore

/// Says with every call who calls.
struct BearerTokenInterceptor: ClientInterceptor {
  let token: @Sendable () async throws -> String

  func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingClientRequest<Input>,
    context: ClientContext,
    next: (StreamingClientRequest<Input>, ClientContext) async throws ->
      StreamingClientResponse<Output>
  ) async throws -> StreamingClientResponse<Output> {
    var request = request
    request.metadata.replaceOrAddString(
      "Bearer \(try await token())", forKey: "authorization")
    return try await next(request, context)
  }
}
