using Grpc.Core;
using Hwledger.V1;
using HwLedger.Client.Tests.Daemon;

namespace HwLedger.Client.Tests;

[Trait("needs", "daemon")]
public sealed class ConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AClientOutlivesItsDaemon()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        using HwLedgerClient client = HwLedgerClient.Connect(daemon.TcpAddress);
        using var patience = new CancellationTokenSource(Patience);
        await using IAsyncEnumerator<DaemonState> states = client
            .WatchDaemonAsync(patience.Token)
            .GetAsyncEnumerator();
        MemoryPrediction before = await client.EstimateVramAsync("demo", 512);
        Assert.Equal(DaemonState.Serving, await NextAsync(states));

        await daemon.StopAsync();

        await ReachAsync(states, DaemonState.Unreachable);
        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            client.EstimateVramAsync("demo", 512)
        );
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.False(failure.IsFromDaemon);

        daemon.Launch();

        await client.WaitUntilServingAsync(patience.Token);
        await ReachAsync(states, DaemonState.Serving);
        MemoryPrediction after = await client.EstimateVramAsync("demo", 512);
        Assert.Equal(before.TotalBytes, after.TotalBytes);
    }

    [Fact]
    public async Task AGenerationOfADaemonThatStopsFails()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync();
        using HwLedgerClient client = HwLedgerClient.Connect(daemon.SocketAddress);
        RunInferenceRequest request = DaemonFixture.EndlessRequest();
        request.Load = new LoadOptions { SequenceLength = 32768, BatchSize = 1 };
        Task stopped = Task.CompletedTask;

        await Assert.ThrowsAsync<HwLedgerException>(async () =>
        {
            await foreach (InferenceEvent inferenceEvent in client.RunInferenceAsync(request))
            {
                if (inferenceEvent is TokenEvent && stopped.IsCompleted)
                {
                    stopped = daemon.StopAsync();
                }
            }
        });

        await stopped;
    }

    [Fact]
    public async Task WhereNobodyAnswersTheStateIsUnreachable()
    {
        using HwLedgerClient client = HwLedgerClient.Connect("unix:/nowhere/hwledgerd.sock");

        Assert.Equal(DaemonState.Unreachable, await client.WatchDaemonAsync().FirstAsync());
        var failure = await Assert.ThrowsAsync<HwLedgerException>(() => client.ListDevicesAsync());

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.False(failure.IsFromDaemon);
    }

    [Fact]
    public async Task AWaitForADaemonCanBeGivenUp()
    {
        using HwLedgerClient client = HwLedgerClient.Connect("unix:/nowhere/hwledgerd.sock");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.WaitUntilServingAsync(soon.Token)
        );
    }

    private static async Task<DaemonState> NextAsync(IAsyncEnumerator<DaemonState> states)
    {
        Assert.True(await states.MoveNextAsync());
        return states.Current;
    }

    private static async Task ReachAsync(IAsyncEnumerator<DaemonState> states, DaemonState state)
    {
        while (await NextAsync(states) != state) { }
    }
}
