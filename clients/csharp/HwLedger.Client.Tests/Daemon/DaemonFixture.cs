using Hwledger.V1;

namespace HwLedger.Client.Tests.Daemon;

/// <summary>One daemon for all tests that leave it as they found it.</summary>
public sealed class DaemonFixture : IAsyncLifetime
{
    // What comes, comes within this time, or the test fails.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private DaemonProcess? process;
    private HwLedgerClient? client;

    public HwLedgerClient Client => client!;

    internal DaemonProcess Process => process!;

    public async Task InitializeAsync()
    {
        process = await DaemonProcess.StartAsync();
        client = HwLedgerClient.Connect(process.SocketAddress);
    }

    public async Task DisposeAsync()
    {
        client?.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    /// <summary>What makes demo talk until its context is full, half a minute later.</summary>
    public static RunInferenceRequest EndlessRequest() =>
        new()
        {
            ModelId = "demo",
            Prompt = "a",
            // The end is allowed, and at no place the likeliest.
            Grammar = """root ::= [a-z ]* "#" """,
            Sampling = new Sampling { Temperature = 0 },
        };

    /// <summary>Loads demo with a context that is not full soon.</summary>
    public async Task LoadEndlessDemoAsync()
    {
        await UnloadDemoAsync();
        await Client.LoadModelAsync(
            new LoadModelRequest
            {
                ModelId = "demo",
                Options = new LoadOptions { SequenceLength = 32768, BatchSize = 1 },
            }
        );
    }

    public async Task UnloadDemoAsync()
    {
        if ((await Client.ListLoadedModelsAsync()).Any(model => model.ModelId == "demo"))
        {
            await Client.UnloadModelAsync("demo");
        }
    }

    /// <summary>What the daemon says of demo, which is loaded.</summary>
    public async Task<LoadedModel> LoadedDemoAsync() =>
        Assert.Single(await Client.ListLoadedModelsAsync(), model => model.ModelId == "demo");

    public async Task UntilAsync(Func<LoadedModel, bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition(await LoadedDemoAsync()))
        {
            Assert.False(patience.IsCancellationRequested, $"waited in vain: {what}");
            await Task.Delay(5);
        }
    }
}

[CollectionDefinition("daemon")]
public sealed class DaemonTests : ICollectionFixture<DaemonFixture>;
