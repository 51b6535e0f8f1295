using System.Runtime.CompilerServices;
using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    /// <summary>
    /// The devices of the daemon's machine as they are now: the CPU first, then the GPUs. An
    /// unknown is absent, never 0.
    /// </summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    public virtual Task<IReadOnlyList<Device>> ListDevicesAsync(
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<ListDevicesResponse, IReadOnlyList<Device>>(
            hardware.ListDevicesAsync(new ListDevicesRequest(), Unary(cancellationToken)),
            answer => answer.Devices,
            cancellationToken
        );

    /// <summary>
    /// The same again and again: the first answer at once, with how busy the processors were
    /// from the second on. Ends when it is cancelled or no longer asked.
    /// </summary>
    /// <param name="interval">
    /// Between two answers, 100 milliseconds to one minute. Null: one second.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.InvalidArgument"/>: the interval.
    /// </exception>
    public virtual async IAsyncEnumerable<WatchDevicesResponse> WatchDevicesAsync(
        TimeSpan? interval = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = new WatchDevicesRequest();
        if (interval is { } time)
        {
            request.IntervalMs = int.CreateSaturating(time.TotalMilliseconds);
        }
        using AsyncServerStreamingCall<WatchDevicesResponse> call = hardware.WatchDevices(
            request,
            Streaming(cancellationToken)
        );
        await foreach (
            WatchDevicesResponse response in AnswersAsync(call.ResponseStream, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            yield return response;
        }
    }

    /// <summary>The GPUs that can be planned for by name without having them.</summary>
    /// <param name="cancellationToken">Gives the call up.</param>
    public virtual Task<IReadOnlyList<DevicePreset>> ListDevicePresetsAsync(
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync<ListDevicePresetsResponse, IReadOnlyList<DevicePreset>>(
            hardware.ListDevicePresetsAsync(
                new ListDevicePresetsRequest(),
                Unary(cancellationToken)
            ),
            answer => answer.Presets,
            cancellationToken
        );
}
