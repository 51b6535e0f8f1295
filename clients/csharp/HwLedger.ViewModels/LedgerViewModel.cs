using System.Collections.ObjectModel;
using CommunityToolkit.Mvvm.ComponentModel;
using CommunityToolkit.Mvvm.Input;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels;

/// <summary>Past loads: what was predicted beside what was measured.</summary>
/// <param name="client">The daemon.</param>
/// <param name="pageSize">Entries that are shown more at a time, 1 to 1000.</param>
public sealed partial class LedgerViewModel(HwLedgerClient client, int pageSize = 100)
    : PageViewModel(client)
{
    // Holds nothing between two answers, so nobody has to end it.
    private IAsyncEnumerator<LedgerEntry>? source;

    /// <summary>Newest first, as far as they were asked for.</summary>
    public ObservableCollection<LedgerEntry> Entries { get; } = [];

    /// <summary>Only of this model; empty: of all. Counts from the next refresh.</summary>
    [ObservableProperty]
    public partial string ModelId { get; set; } = "";

    /// <summary>How far predictions were off, per architecture and term.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<TermAccuracy> Accuracy { get; private set; } = [];

    /// <summary>Whether there may be older entries.</summary>
    [ObservableProperty]
    [NotifyCanExecuteChangedFor(nameof(ShowMoreCommand))]
    public partial bool HasMore { get; private set; }

    /// <summary>Begins anew with the newest.</summary>
    [RelayCommand]
    private Task RefreshAsync(CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            // One asks at a time.
            await (ShowMoreCommand.ExecutionTask ?? Task.CompletedTask);
            Entries.Clear();
            source = Client.ListEntriesAsync(ModelId, pageSize).GetAsyncEnumerator();
            await AddPageAsync();
            Accuracy = await Client.SummarizeAccuracyAsync(cancellationToken);
        });

    /// <summary>Adds older ones.</summary>
    [RelayCommand(CanExecute = nameof(HasMore))]
    private Task ShowMoreAsync() => TryAsync(AddPageAsync);

    private async Task AddPageAsync()
    {
        HasMore = false;
        for (int count = 0; count < pageSize; ++count)
        {
            if (!await source!.MoveNextAsync())
            {
                return;
            }
            Entries.Add(source.Current);
        }
        HasMore = true;
    }
}
