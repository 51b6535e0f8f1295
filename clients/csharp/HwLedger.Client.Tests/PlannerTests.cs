using Google.Protobuf;
using Grpc.Core;
using Hwledger.V1;
using HwLedger.Client.Tests.Daemon;

namespace HwLedger.Client.Tests;

[Collection("daemon")]
[Trait("needs", "daemon")]
public sealed class PlannerTests(DaemonFixture daemon)
{
    private static readonly DeviceSpec Box = new()
    {
        Name = "box",
        MemoryBytes = 24L << 30,
        BandwidthBytesPerSecond = 400_000_000_000,
        FlopsPerSecond = 71e12,
    };

    private static EstimateVramRequest Request(string modelId, int sequenceLength) =>
        new()
        {
            ModelId = modelId,
            SequenceLength = sequenceLength,
            BatchSize = 1,
            Devices = { Box },
        };

    [Theory]
    [InlineData("demo", 512)]
    [InlineData("llama-3.1-8b", 8192)]
    public async Task APlanIsTheCommandLines(string modelId, int sequenceLength)
    {
        EstimateVramRequest request = Request(modelId, sequenceLength);

        MemoryPrediction prediction = await daemon.Client.EstimateVramAsync(request);

        string json = await daemon.Process.RunCommandLineAsync(
            $"plan {modelId} -c {sequenceLength} --device box:24GiB:400GB:71TFLOPS --json"
        );
        Assert.Equal(Lasting(JsonParser.Default.Parse<MemoryPrediction>(json)), Lasting(prediction));
    }

    [Fact]
    public async Task LlamasCacheTakesOneGibibyteOf8192Tokens()
    {
        // 32 layers x 2 x 8 heads x 128 elements x 2 bytes x 8192 tokens.
        MemoryPrediction prediction = await daemon.Client.EstimateVramAsync(
            "llama-3.1-8b",
            8192,
            devices: ["rtx-4090"]
        );

        Assert.Equal(1L << 30, prediction.KvCacheBytes);
        Assert.Equal("rtx-4090", Assert.Single(prediction.Devices, d => d.Name != "CPU").Name);
    }

    [Fact]
    public async Task AModelThatDoesNotFitIsAnAnswer()
    {
        MemoryPrediction prediction = await daemon.Client.EstimateVramAsync(
            "llama-3.1-70b",
            8192,
            quantization: "BF16",
            devices: ["rtx-4090"]
        );

        Assert.Equal(Verdict.DoesNotFit, prediction.Verdict);
    }

    [Fact]
    public async Task AWrongFieldIsNamed()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            daemon.Client.EstimateVramAsync("demo", 0)
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal("INVALID_FIELD", failure.Reason);
        Assert.True(failure.IsFromDaemon);
        FieldViolation violation = Assert.Single(failure.FieldViolations);
        Assert.Equal("sequence_length", violation.Field);
        Assert.Contains("0", violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownModelIsAnsweredWithTheClosestNames()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            daemon.Client.EstimateVramAsync("llama-3.1-8", 512)
        );

        Assert.Equal(StatusCode.NotFound, failure.Code);
        Assert.Contains("llama-3.1-8b", failure.Message, StringComparison.Ordinal);
        Assert.Empty(failure.FieldViolations);
    }

    [Fact]
    public async Task WatchingAnswersTheNewestRequestLast()
    {
        List<MemoryPrediction> answers = [];
        await foreach (
            MemoryPrediction answer in daemon.Client.WatchVramAsync(Requests(1, 2, 3, 4, 5))
        )
        {
            answers.Add(answer);
        }

        long[] tags = [.. answers.Select(answer => answer.Tag)];
        Assert.Equal(5, tags[^1]);
        Assert.Equal(tags.Order(), tags);
        EstimateVramRequest last = Request("llama-3.1-8b", 5 * 1024);
        last.Tag = 5;
        Assert.Equal(
            Lasting(await daemon.Client.EstimateVramAsync(last)),
            Lasting(answers[^1])
        );
    }

    [Fact]
    public async Task ARefusedRequestEndsWatchingWithItsError()
    {
        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
        {
            await foreach (MemoryPrediction _ in daemon.Client.WatchVramAsync(Requests(1, 0))) { }
        });

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal("sequence_length", Assert.Single(failure.FieldViolations).Field);
    }

    [Fact]
    public async Task WhatTheSourceOfRequestsThrowsIsThrown()
    {
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(async () =>
        {
            await foreach (MemoryPrediction _ in daemon.Client.WatchVramAsync(Broken())) { }
        });
    }

    [Fact]
    public async Task WatchingEndsWhenNobodyAsksAnyMore()
    {
        var sourceEnded = new TaskCompletionSource();

        await foreach (MemoryPrediction _ in daemon.Client.WatchVramAsync(Endless(sourceEnded)))
        {
            break;
        }

        Assert.True(sourceEnded.Task.IsCompleted);
    }

    [Fact]
    public async Task TheLongestContextThatFitsIsFound()
    {
        var request = new FitVramRequest
        {
            Base = Request("llama-3.1-8b", 1),
            Goal = FitGoal.SequenceLength,
            ReserveBytes = 0,
        };
        request.Base.Quantization = "Q8_0";

        FitVramResponse fit = await daemon.Client.FitVramAsync(request);

        Assert.True(fit.Fits);
        Assert.InRange(fit.Request.SequenceLength, 8192, 131072);
        Assert.NotEqual(Verdict.DoesNotFit, fit.Prediction.Verdict);
    }

    // Without what this machine has free, which changes from call to call.
    private static MemoryPrediction Lasting(MemoryPrediction prediction)
    {
        prediction.Devices.Single(device => device.Kind == DeviceKind.Cpu).ClearFreeBytes();
        return prediction;
    }

    // One of so many times 1024 tokens.
    private static async IAsyncEnumerable<EstimateVramRequest> Requests(params int[] tags)
    {
        foreach (int tag in tags)
        {
            EstimateVramRequest request = Request("llama-3.1-8b", tag * 1024);
            request.Tag = tag;
            yield return request;
            await Task.Yield();
        }
    }

    private static async IAsyncEnumerable<EstimateVramRequest> Broken()
    {
        yield return Request("demo", 512);
        await Task.Yield();
        throw new TimeZoneNotFoundException();
    }

    private static async IAsyncEnumerable<EstimateVramRequest> Endless(
        TaskCompletionSource ended,
        [System.Runtime.CompilerServices.EnumeratorCancellation]
            CancellationToken cancellationToken = default
    )
    {
        try
        {
            yield return Request("demo", 512);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
