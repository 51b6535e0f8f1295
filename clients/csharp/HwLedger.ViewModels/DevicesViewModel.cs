using CommunityToolkit.Mvvm.ComponentModel;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels;

/// <summary>The devices of the daemon's machine, live.</summary>
public sealed partial class DevicesViewModel(HwLedgerClient client) : PageViewModel(client)
{
    /// <summary>The CPU first, then the GPUs.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<Device> Devices { get; private set; } = [];

    /// <summary>When they were measured; null: not yet.</summary>
    [ObservableProperty]
    public partial DateTimeOffset? MeasuredAt { get; private set; }

    /// <summary>Follows them until that is cancelled, however often the daemon goes.</summary>
    /// <param name="interval">Between two measurements; null: one second.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(TimeSpan? interval, CancellationToken cancellationToken) =>
        WatchAsync(
            async watched =>
            {
                await foreach (
                    WatchDevicesResponse answer in Client.WatchDevicesAsync(interval, watched)
                )
                {
                    Devices = answer.Devices;
                    MeasuredAt = answer.MeasuredAt.ToDateTimeOffset();
                }
            },
            cancellationToken
        );
}
