using HwLedger.Client;
using HwLedger.Client.Tests.Daemon;

namespace HwLedger.ViewModels.Tests;

/// <summary>The pages over a real daemon.</summary>
[Trait("needs", "daemon")]
public sealed class DaemonPagesTests : IAsyncLifetime
{
    private readonly DaemonFixture daemon = new();

    private HwLedgerClient Client => daemon.Client;

    public Task InitializeAsync() => daemon.InitializeAsync();

    public Task DisposeAsync() => daemon.DisposeAsync();

    [Fact]
    public void APersonPlansLoadsRunsAndLooksItUp() =>
        UiThread.Run(async thread =>
        {
            using var ended = new CancellationTokenSource();
            var planner = new PlannerViewModel(Client);
            Task planning = planner.RunAsync(ended.Token);
            planner.ModelId = "demo";
            planner.SequenceLength = 512;
            await thread.UntilAsync(planner, () => planner.IsCurrent);
            Assert.Equal("2.64 MiB", planner.WeightsText);
            await planner.ListChoicesCommand.ExecuteAsync(null);
            Assert.Contains("demo", planner.ModelIds);
            Assert.Equal("CPU", planner.DeviceNames[0]);
            Assert.Contains("rtx-4090", planner.DeviceNames);
            planner.SequenceLength = 0;
            await thread.UntilAsync(planner, () => planner.WrongField == "sequence_length");

            var library = new LibraryViewModel(Client);
            await library.RefreshCommand.ExecuteAsync(null);
            library.Filter = "DEMO";
            Assert.Contains(library.Models, model => model.ModelId == "demo");
            await library.SelectCommand.ExecuteAsync("demo");
            Assert.Equal("llama", library.Selected!.Architecture);
            await library.LoadCommand.ExecuteAsync("demo");
            Assert.Equal("demo", Assert.Single(library.LoadedModels).ModelId);
            Assert.Equal(0, library.LoadFraction);

            var run = new RunViewModel(Client)
            {
                ModelId = "demo",
                Message = "What is a KV cache?",
            };
            await run.RunCommand.ExecuteAsync(null);
            Assert.Equal(RunState.Complete, run.State);
            Assert.NotEmpty(run.Answer);
            Assert.Equal(run.Completion!.FullText, run.Answer);

            await library.UnloadCommand.ExecuteAsync("demo");
            Assert.Empty(library.LoadedModels);
            await library.UnloadCommand.ExecuteAsync("demo");
            Assert.True(library.HasError);

            var ledger = new LedgerViewModel(Client);
            await ledger.RefreshCommand.ExecuteAsync(null);
            Assert.Equal("demo", Assert.Single(ledger.Entries).ModelId);

            var devices = new DevicesViewModel(Client);
            Task watching = devices.RunAsync(null, ended.Token);
            await thread.UntilAsync(devices, () => devices.Devices.Count > 0);
            Assert.Equal("CPU", devices.Devices[0].Name);

            await ended.CancelAsync();
            await Task.WhenAll(planning, watching);
        });

    [Fact]
    public void ThePlannerOutlivesItsDaemon() =>
        UiThread.Run(async thread =>
        {
            using var ended = new CancellationTokenSource();
            var planner = new PlannerViewModel(Client);
            Task planning = planner.RunAsync(ended.Token);
            planner.ModelId = "demo";
            planner.SequenceLength = 512;
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            await daemon.Process.StopAsync();
            await thread.UntilAsync(planner, () => planner.HasError);
            planner.SequenceLength = 256;
            daemon.Process.Launch();
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            Assert.Null(planner.Error);
            // Half the cells, whole blocks of 256.
            Assert.Equal("768 KiB", planner.KvCacheText);
            await ended.CancelAsync();
            await planning;
        });
}
