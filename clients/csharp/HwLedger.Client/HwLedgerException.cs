using Google.Rpc;
using Grpc.Core;

namespace HwLedger.Client;

/// <summary>
/// A call failed. Its message says what was wrong, then the values; a person can act on it.
/// A call that was cancelled by its own token ends with
/// <see cref="OperationCanceledException"/> instead.
/// </summary>
public sealed class HwLedgerException : Exception
{
    /// <summary>Tells what became of a call.</summary>
    /// <param name="failure">As the transport reports it.</param>
    public HwLedgerException(RpcException failure)
        : base(MessageOf(failure), failure)
    {
        Code = failure.StatusCode;
        Google.Rpc.Status? details = failure.Trailers.GetRpcStatus(ignoreParseError: true);
        IsFromDaemon = details is not null;
        if (details?.GetDetail<ErrorInfo>() is { } info)
        {
            Reason = info.Reason;
        }
        if (details?.GetDetail<BadRequest>() is { } badRequest)
        {
            FieldViolations =
            [
                .. badRequest.FieldViolations.Select(v => new FieldViolation(
                    v.Field,
                    v.Description
                )),
            ];
        }
        RetryDelay = details?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
    }

    /// <summary>
    /// What kind of failure it is; each method of <see cref="HwLedgerClient"/> says what its
    /// codes mean.
    /// </summary>
    public StatusCode Code { get; }

    /// <summary>
    /// The daemon's own word for it, such as <c>INVALID_FIELD</c>. Null: the failure is not
    /// the daemon's but the connection's, or this side's.
    /// </summary>
    public string? Reason { get; }

    /// <summary>The fields of the request that are wrong; empty where none is.</summary>
    public IReadOnlyList<FieldViolation> FieldViolations { get; } = [];

    /// <summary>After how long a second try may do. Null: not told.</summary>
    public TimeSpan? RetryDelay { get; }

    /// <summary>
    /// Whether the daemon explained the failure itself. With
    /// <see cref="StatusCode.Unavailable"/> that tells a model's process that died (true)
    /// from a daemon that cannot be reached (false).
    /// </summary>
    public bool IsFromDaemon { get; }

    private static string MessageOf(RpcException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Status.Detail.Length > 0
            ? failure.Status.Detail
            : $"the daemon failed without a reason (code {(int)failure.StatusCode})";
    }
}
