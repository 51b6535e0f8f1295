using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

public sealed class DevicesViewModelTests
{
    [Fact]
    public void DevicesAreFollowedAcrossARestartOfTheDaemon() =>
        UiThread.Run(async thread =>
        {
            int streams = 0;
            var devices = new DevicesViewModel(
                new FakeDaemon { WatchDevices = token => Answers($"CPU{++streams}", token) }
            );
            using var ended = new CancellationTokenSource();

            Task running = devices.RunAsync(null, ended.Token);
            await thread.UntilAsync(devices, () => devices.HasError);
            Assert.Equal("CPU1", Assert.Single(devices.Devices).Name);
            await thread.UntilAsync(devices, () => devices.Devices[0].Name == "CPU2");
            await thread.UntilAsync(devices, () => !devices.HasError);

            Assert.Equal(DateTimeOffset.UnixEpoch, devices.MeasuredAt);
            await ended.CancelAsync();
            await running;
        });

    [Fact]
    public void WhatTheDaemonRefusesIsNotAskedAgain() =>
        UiThread.Run(async _ =>
        {
            int streams = 0;
            var devices = new DevicesViewModel(
                new FakeDaemon
                {
                    WatchDevices = _ =>
                    {
                        ++streams;
                        throw FakeDaemon.Failure(StatusCode.InvalidArgument, "interval_ms: 1");
                    },
                }
            );

            await devices.RunAsync(TimeSpan.FromMilliseconds(1), default);

            Assert.Equal("interval_ms: 1", devices.Error);
            Assert.Equal(1, streams);
        });

    [Fact]
    public void TheEndOfTheClientIsTheEndOfTheWatch() =>
        UiThread.Run(async _ =>
        {
            var client = HwLedgerClient.Connect("127.0.0.1:1");
            Task running = new DevicesViewModel(client).RunAsync(null, default);

            client.Dispose();

            await running.WaitAsync(TimeSpan.FromSeconds(60));
        });

    private static async IAsyncEnumerable<WatchDevicesResponse> Answers(
        string name,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return new WatchDevicesResponse
        {
            Devices = { new Device { Name = name } },
            MeasuredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        };
        if (name == "CPU1")
        {
            throw FakeDaemon.Gone();
        }
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
