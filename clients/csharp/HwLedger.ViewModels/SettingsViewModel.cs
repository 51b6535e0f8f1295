using System.Collections.ObjectModel;
using CommunityToolkit.Mvvm.ComponentModel;
using CommunityToolkit.Mvvm.Input;
using HwLedger.Client;

namespace HwLedger.ViewModels;

/// <summary>The daemons that a person uses, one of them now.</summary>
public sealed partial class SettingsViewModel : ObservableObject, IDisposable
{
    private readonly IDaemonList list;
    private readonly Func<string?, HwLedgerClient> connect;
    private readonly bool isLoaded;

    /// <summary>Connects to all daemons of the list; to this user's own where it is empty.</summary>
    /// <param name="list">Where the addresses are kept.</param>
    /// <param name="connect">
    /// Makes a client for an address, or for this user's own daemon where it is null. Throws
    /// <see cref="ArgumentException"/> where it is no address.
    /// </param>
    public SettingsViewModel(IDaemonList list, Func<string?, HwLedgerClient> connect)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(connect);
        this.list = list;
        this.connect = connect;
        foreach (string address in list.Load())
        {
            TryAdd(address);
        }
        if (Daemons.Count == 0)
        {
            TryAdd(null);
        }
        Current = Daemons.FirstOrDefault();
        isLoaded = true;
    }

    /// <summary>The daemons, in the order in which they were added.</summary>
    public ObservableCollection<DaemonViewModel> Daemons { get; } = [];

    /// <summary>The one in use; null: there is none.</summary>
    [ObservableProperty]
    [NotifyCanExecuteChangedFor(nameof(RemoveCommand))]
    public partial DaemonViewModel? Current { get; set; }

    /// <summary>The address to add.</summary>
    [ObservableProperty]
    [NotifyCanExecuteChangedFor(nameof(AddCommand))]
    public partial string NewAddress { get; set; } = "";

    /// <summary>What is wrong with the address to add; null: nothing.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(nameof(HasAddressError))]
    public partial string? AddressError { get; private set; }

    /// <summary>Whether there is such an error to show.</summary>
    public bool HasAddressError => AddressError is not null;

    private bool CanAdd => NewAddress.Length > 0;

    private bool CanRemove => Current is not null;

    /// <summary>Ends all connections.</summary>
    public void Dispose()
    {
        foreach (DaemonViewModel daemon in Daemons)
        {
            daemon.Dispose();
        }
        Daemons.Clear();
    }

    /// <summary>Adds the new address and uses it.</summary>
    [RelayCommand(CanExecute = nameof(CanAdd))]
    private void Add()
    {
        DaemonViewModel? daemon = Daemons.FirstOrDefault(known => known.Address == NewAddress);
        daemon ??= TryAdd(NewAddress);
        if (daemon is not null)
        {
            Current = daemon;
            NewAddress = "";
        }
    }

    /// <summary>Forgets the one in use; its calls end.</summary>
    [RelayCommand(CanExecute = nameof(CanRemove))]
    private void Remove()
    {
        DaemonViewModel removed = Current!;
        Daemons.Remove(removed);
        Current = Daemons.FirstOrDefault();
        removed.Dispose();
    }

    partial void OnNewAddressChanged(string value) => AddressError = null;

    partial void OnCurrentChanged(DaemonViewModel? value)
    {
        if (isLoaded)
        {
            list.Save(
                [
                    .. Daemons
                        .OrderByDescending(daemon => daemon == value)
                        .Select(daemon => daemon.Address),
                ]
            );
        }
    }

    private DaemonViewModel? TryAdd(string? address)
    {
        try
        {
            var daemon = new DaemonViewModel(connect(address));
            Daemons.Add(daemon);
            _ = daemon.RunAsync();
            return daemon;
        }
        catch (ArgumentException wrong)
        {
            AddressError = wrong.Message;
            return null;
        }
    }
}
