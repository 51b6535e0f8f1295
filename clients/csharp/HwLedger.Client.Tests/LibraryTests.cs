using Grpc.Core;
using Hwledger.V1;
using HwLedger.Client.Tests.Daemon;

namespace HwLedger.Client.Tests;

[Collection("daemon")]
[Trait("needs", "daemon")]
public sealed class LibraryTests(DaemonFixture daemon)
{
    [Fact]
    public async Task TheDemoIsListedAndRead()
    {
        IReadOnlyList<Model> models = await daemon.Client.ListModelsAsync();
        Model demo = await daemon.Client.GetModelAsync("demo");

        Assert.Equal(ModelSource.Demo, Assert.Single(models, m => m.ModelId == "demo").Source);
        Assert.Equal("llama", demo.Architecture);
    }

    [Fact]
    public async Task ALoadedModelIsListedUntilItIsUnloaded()
    {
        await daemon.UnloadDemoAsync();
        var request = new LoadModelRequest
        {
            ModelId = "demo",
            Options = new LoadOptions { SequenceLength = 256, BatchSize = 2 },
        };

        LoadedModel loaded = await daemon.Client.LoadModelAsync(request);
        LoadedModel listed = await daemon.LoadedDemoAsync();
        long freedBytes = await daemon.Client.UnloadModelAsync("demo");

        Assert.Equal(256, loaded.SequenceLength);
        Assert.Equal(loaded.ProcessId, listed.ProcessId);
        Assert.True(freedBytes > 0);
        Assert.Empty(await daemon.Client.ListLoadedModelsAsync());
    }

    [Fact]
    public async Task ALoadTellsHowFarItIs()
    {
        await daemon.UnloadDemoAsync();
        var progress = new Fractions();

        await daemon.Client.LoadModelAsync(new LoadModelRequest { ModelId = "demo" }, progress);

        Assert.NotEmpty(progress.Reported);
        Assert.All(progress.Reported, fraction => Assert.InRange(fraction, 0, 1));
        Assert.Equal(progress.Reported.Order(), progress.Reported);
    }

    [Fact]
    public async Task AModelWithoutAFileIsNotLoaded()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            daemon.Client.LoadModelAsync(new LoadModelRequest { ModelId = "llama-3.1-8b" })
        );

        Assert.Equal(StatusCode.FailedPrecondition, failure.Code);
    }

    [Fact]
    public async Task WhatIsNotLoadedCannotBeUnloaded()
    {
        await daemon.UnloadDemoAsync();

        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            daemon.Client.UnloadModelAsync("demo")
        );

        Assert.Equal(StatusCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task TheFirstDeviceIsTheProcessor()
    {
        IReadOnlyList<Device> devices = await daemon.Client.ListDevicesAsync();

        Assert.Equal("CPU", devices[0].Name);
        Assert.True(devices[0].TotalBytes >= devices[0].FreeBytes);
        Assert.False(devices[0].HasUtilizationPercent);
    }

    [Fact]
    public async Task WatchedProcessorsTellHowBusyTheyAre()
    {
        WatchDevicesResponse second = await daemon
            .Client.WatchDevicesAsync(TimeSpan.FromMilliseconds(100))
            .ElementAtAsync(1);

        Assert.InRange(second.Devices[0].UtilizationPercent, 0, 100);
        Assert.True(second.Devices[0].HasUtilizationPercent);
    }

    [Fact]
    public async Task AnIntervalThatIsTooShortIsNamed()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
            await daemon.Client.WatchDevicesAsync(TimeSpan.FromMilliseconds(99)).FirstAsync()
        );

        Assert.Equal("interval_ms", Assert.Single(failure.FieldViolations).Field);
    }

    [Fact]
    public async Task PresetsCanBePlannedFor()
    {
        IReadOnlyList<DevicePreset> presets = await daemon.Client.ListDevicePresetsAsync();

        Assert.Contains(presets, preset => preset.Name == "rtx-4090");
    }

    [Fact]
    public async Task LoadsAndGenerationsAreInTheLedger()
    {
        await daemon.UnloadDemoAsync();
        await daemon.Client.LoadModelAsync(new LoadModelRequest { ModelId = "demo" });
        await daemon.Client.RunInferenceAsync("demo", "What is a token?", maxTokens: 3).LastAsync();
        await daemon.UnloadDemoAsync();
        await daemon.Client.LoadModelAsync(new LoadModelRequest { ModelId = "demo" });
        await daemon.UnloadDemoAsync();

        // So that there is more than one page.
        List<LedgerEntry> entries = await daemon
            .Client.ListEntriesAsync("demo", pageSize: 1)
            .Take(3)
            .ToListAsync();
        long entryId = entries[1].EntryId;
        GenerationEntry generation = await UntilAnyAsync(() =>
            daemon.Client.ListGenerationsAsync(entryId: entryId, pageSize: 1)
        );
        IReadOnlyList<TermAccuracy> accuracy = await daemon.Client.SummarizeAccuracyAsync();

        Assert.True(entries[0].EntryId > entryId);
        Assert.Equal("demo", generation.ModelId);
        Assert.Equal(3, generation.Usage.CompletionTokens);
        Assert.Contains(accuracy, term => term.Architecture == "llama");
    }

    [Fact]
    public async Task APageThatIsTooLargeIsNamed()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
            await daemon.Client.ListEntriesAsync(pageSize: 1001).ToListAsync()
        );

        Assert.Equal("page_size", Assert.Single(failure.FieldViolations).Field);
    }

    // Generations are written a moment after their end.
    private static async Task<T> UntilAnyAsync<T>(Func<IAsyncEnumerable<T>> list)
        where T : class
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await list().FirstOrDefaultAsync(patience.Token) is { } found)
            {
                return found;
            }
            await Task.Delay(10, patience.Token);
        }
    }

    private sealed class Fractions : IProgress<double>
    {
        public List<double> Reported { get; } = [];

        public void Report(double value) => Reported.Add(value);
    }
}
