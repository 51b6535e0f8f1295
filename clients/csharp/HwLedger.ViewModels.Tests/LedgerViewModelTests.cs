using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

public sealed class LedgerViewModelTests
{
    [Fact]
    public void EntriesAreShownPageByPage() =>
        UiThread.Run(async _ =>
        {
            var ledger = new LedgerViewModel(
                new FakeDaemon
                {
                    Entries = [.. Enumerable.Range(1, 5).Select(id => new LedgerEntry { EntryId = id })],
                },
                pageSize: 2
            );

            await ledger.RefreshCommand.ExecuteAsync(null);

            Assert.Equal([1, 2], ledger.Entries.Select(entry => entry.EntryId));
            Assert.True(ledger.ShowMoreCommand.CanExecute(null));
            Assert.Equal("weights", Assert.Single(ledger.Accuracy).Term);

            await ledger.ShowMoreCommand.ExecuteAsync(null);
            await ledger.ShowMoreCommand.ExecuteAsync(null);

            Assert.Equal([1, 2, 3, 4, 5], ledger.Entries.Select(entry => entry.EntryId));
            Assert.False(ledger.ShowMoreCommand.CanExecute(null));

            await ledger.RefreshCommand.ExecuteAsync(null);

            Assert.Equal(2, ledger.Entries.Count);
        });
}
