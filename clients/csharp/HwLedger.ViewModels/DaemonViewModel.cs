using CommunityToolkit.Mvvm.ComponentModel;
using HwLedger.Client;

namespace HwLedger.ViewModels;

/// <summary>
/// One of the daemons that a person uses, and the pages about it; ends its client.
/// </summary>
public sealed partial class DaemonViewModel(HwLedgerClient client)
    : PageViewModel(client),
        IDisposable
{
    private readonly CancellationTokenSource ended = new();

    /// <summary><c>HOST:PORT</c> or <c>unix:/PATH</c>.</summary>
    public string Address => Client.Address;

    /// <summary>What can be expected of it; null: not known yet.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(nameof(IsServing))]
    public partial DaemonState? State { get; private set; }

    /// <summary>Whether it answers calls.</summary>
    public bool IsServing => State == DaemonState.Serving;

    /// <summary>Whether a model fits it.</summary>
    public PlannerViewModel Planner { get; } = new(client);

    /// <summary>Lets a model answer.</summary>
    public RunViewModel Run { get; } = new(client);

    /// <summary>Its models.</summary>
    public LibraryViewModel Library { get; } = new(client);

    /// <summary>Its machine.</summary>
    public DevicesViewModel Devices { get; } = new(client);

    /// <summary>Its past loads.</summary>
    public LedgerViewModel Ledger { get; } = new(client);

    /// <summary>Follows its state until this is disposed.</summary>
    public Task RunAsync() =>
        TryAsync(async () =>
        {
            await foreach (DaemonState state in Client.WatchDaemonAsync(ended.Token))
            {
                State = state;
            }
        });

    /// <summary>Ends the connection, and all calls over it.</summary>
    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
        Client.Dispose();
    }
}
