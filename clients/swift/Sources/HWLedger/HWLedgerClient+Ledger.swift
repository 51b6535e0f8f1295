import HWLedgerContract

extension HWLedgerClient {
  private var ledger: Hwledger_V1_Ledger.Client<Transport> { .init(wrapping: grpc) }

  /// Past loads, newest first: what was predicted beside what was measured, in bytes.
  /// - Parameters:
  ///   - modelID: Only of this model. Empty: of all.
  ///   - pageSize: 1 to 1000. Nil: 100.
  ///   - pageToken: `nextPageToken` of the page before. Empty: the first page.
  /// - Throws: ``HWLedgerError`` of the codes `failedPrecondition` (no ledger is kept) and
  ///   `dataLoss` (its file is damaged).
  public func ledgerEntries(
    modelID: String = "", pageSize: Int? = nil, pageToken: String = ""
  ) async throws -> LedgerPage {
    try await answer {
      try await ledger.listEntries(
        .with {
          $0.modelID = modelID
          $0.pageSize = Int32(clamping: pageSize ?? 0)
          $0.pageToken = pageToken
        }, options: $0)
    }
  }

  /// How far predictions were off, in per cent, by model architecture and term.
  public func summarizeAccuracy() async throws -> [TermAccuracy] {
    try await answer { try await ledger.summarizeAccuracy(.init(), options: $0) }.terms
  }
}
