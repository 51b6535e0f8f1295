using HwLedger.Client;

namespace HwLedger.ViewModels.Tests;

public sealed class SettingsViewModelTests
{
    [Fact]
    public void WithoutAListTheUsersOwnDaemonIsUsed()
    {
        var list = new DaemonList();

        using var settings = new SettingsViewModel(list, Connect);

        Assert.Equal("127.0.0.1:3", settings.Current!.Address);
        Assert.Empty(list.Saved);
    }

    [Fact]
    public void TheFirstOfTheListIsUsed()
    {
        using var settings = new SettingsViewModel(new DaemonList("127.0.0.1:1", "127.0.0.1:2"), Connect);

        Assert.Equal(["127.0.0.1:1", "127.0.0.1:2"], settings.Daemons.Select(daemon => daemon.Address));
        Assert.Equal("127.0.0.1:1", settings.Current!.Address);
    }

    [Fact]
    public void AnAddedDaemonIsUsedAndSaved()
    {
        var list = new DaemonList("127.0.0.1:1");
        using var settings = new SettingsViewModel(list, Connect);
        Assert.False(settings.AddCommand.CanExecute(null));

        settings.NewAddress = "127.0.0.1:2";
        settings.AddCommand.Execute(null);

        Assert.Equal("127.0.0.1:2", settings.Current!.Address);
        Assert.Equal(["127.0.0.1:2", "127.0.0.1:1"], list.Saved);
        Assert.Equal("", settings.NewAddress);
    }

    [Fact]
    public void AKnownAddressIsNotAddedTwice()
    {
        using var settings = new SettingsViewModel(new DaemonList("127.0.0.1:1", "127.0.0.1:2"), Connect);

        settings.NewAddress = "127.0.0.1:2";
        settings.AddCommand.Execute(null);

        Assert.Equal(2, settings.Daemons.Count);
        Assert.Equal("127.0.0.1:2", settings.Current!.Address);
    }

    [Fact]
    public void WhatIsNoAddressIsToldUntilItIsChanged()
    {
        using var settings = new SettingsViewModel(new DaemonList("127.0.0.1:1"), Connect);

        settings.NewAddress = "nonsense";
        settings.AddCommand.Execute(null);

        Assert.Contains("got 'nonsense'", settings.AddressError, StringComparison.Ordinal);
        Assert.Single(settings.Daemons);
        settings.NewAddress = "127.0.0.1:2";
        Assert.False(settings.HasAddressError);
    }

    [Fact]
    public void ARemovedDaemonIsForgotten()
    {
        var list = new DaemonList("127.0.0.1:1", "127.0.0.1:2");
        using var settings = new SettingsViewModel(list, Connect);

        settings.RemoveCommand.Execute(null);

        Assert.Equal("127.0.0.1:2", settings.Current!.Address);
        Assert.Equal(["127.0.0.1:2"], list.Saved);
        settings.RemoveCommand.Execute(null);
        Assert.Null(settings.Current);
        Assert.False(settings.RemoveCommand.CanExecute(null));
    }

    [Fact]
    public void ItsStateIsFollowed() =>
        UiThread.Run(async thread =>
        {
            var daemon = new FakeDaemon
            {
                WatchDaemon = token =>
                    FakeDaemon.States(token, DaemonState.Unreachable, DaemonState.Serving),
            };
            using var settings = new SettingsViewModel(new DaemonList(), _ => daemon);
            DaemonViewModel shown = settings.Current!;

            await thread.UntilAsync(shown, () => shown.IsServing);
            settings.RemoveCommand.Execute(null);

            Assert.True(daemon.IsDisposed);
        });

    private static HwLedgerClient Connect(string? address) =>
        HwLedgerClient.Connect(address ?? "127.0.0.1:3");

    private sealed class DaemonList(params string[] saved) : IDaemonList
    {
        public IReadOnlyList<string> Saved { get; private set; } = saved;

        public IReadOnlyList<string> Load() => Saved;

        public void Save(IReadOnlyList<string> addresses) => Saved = addresses;
    }
}
