using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Health.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    // At first as often as a daemon takes to start, later as rarely as nobody minds.
    private static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What can be expected of the daemon: now, and whenever that changes. Connects again and
    /// again where nobody answers, so it ends only when it is cancelled or no longer asked.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="HwLedgerException">
    /// Something answers that is no such daemon, or lets this client in no more: any code but
    /// <see cref="StatusCode.Unavailable"/>.
    /// </exception>
    public virtual async IAsyncEnumerable<DaemonState> WatchDaemonAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        DaemonState? told = null;
        TimeSpan delay = RetryDelayMin;
        while (true)
        {
            using AsyncServerStreamingCall<HealthCheckResponse> call = health.Watch(
                new HealthCheckRequest(),
                Streaming(cancellationToken)
            );
            DaemonState state;
            do
            {
                state = await NextStateAsync(call.ResponseStream, cancellationToken)
                    .ConfigureAwait(false);
                if (state != DaemonState.Unreachable)
                {
                    delay = RetryDelayMin;
                }
                if (state != told)
                {
                    told = state;
                    yield return state;
                }
            } while (state != DaemonState.Unreachable);
            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
        }
    }

    /// <summary>
    /// Returns once the daemon answers calls, however long that takes: give a token that ends
    /// the wait.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HwLedgerException">As of <see cref="WatchDaemonAsync"/>.</exception>
    public async Task WaitUntilServingAsync(CancellationToken cancellationToken = default)
    {
        await foreach (
            DaemonState state in WatchDaemonAsync(cancellationToken).ConfigureAwait(false)
        )
        {
            if (state == DaemonState.Serving)
            {
                return;
            }
        }
    }

    private static async Task<DaemonState> NextStateAsync(
        IAsyncStreamReader<HealthCheckResponse> answers,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!await answers.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                return DaemonState.Unreachable;
            }
            return answers.Current.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? DaemonState.Serving
                : DaemonState.NotServing;
        }
        catch (RpcException failure) when (IsBrokenConnection(failure, cancellationToken))
        {
            return DaemonState.Unreachable;
        }
        catch (RpcException failure)
        {
            throw CallFailure.Of(failure, cancellationToken);
        }
    }

    // A server that ends takes its streams along with CANCELLED, too.
    private static bool IsBrokenConnection(
        RpcException failure,
        CancellationToken cancellationToken
    ) =>
        failure.StatusCode == StatusCode.Unavailable
        || (
            failure.StatusCode is StatusCode.Cancelled or StatusCode.Internal
            && !cancellationToken.IsCancellationRequested
            && failure.Trailers.GetRpcStatus(ignoreParseError: true) is null
        );
}
