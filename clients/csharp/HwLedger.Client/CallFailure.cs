using Grpc.Core;

namespace HwLedger.Client;

/// <summary>What callers get to see of a call that failed.</summary>
internal static class CallFailure
{
    /// <summary>
    /// <see cref="OperationCanceledException"/> where the caller gave the call up, else
    /// <see cref="HwLedgerException"/>.
    /// </summary>
    public static Exception Of(RpcException failure, CancellationToken cancellationToken) =>
        failure.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(failure.Message, failure, cancellationToken)
            : new HwLedgerException(failure);
}
