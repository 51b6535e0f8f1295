using System.Runtime.CompilerServices;
using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

public sealed class PlannerViewModelTests
{
    [Fact]
    public void EveryChangeIsAnswered() =>
        UiThread.Run(async thread =>
        {
            var planner = new PlannerViewModel(new FakeDaemon { WatchVram = AnswerEach });
            using var ended = new CancellationTokenSource();
            Task running = planner.RunAsync(ended.Token);

            planner.ModelId = "demo";
            await thread.UntilAsync(planner, () => planner.IsCurrent);
            planner.SequenceLength = 512;
            Assert.False(planner.IsCurrent);
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            // The fake daemon's weights are the request's sequence_length.
            Assert.Equal("512 B", planner.WeightsText);
            Assert.True(planner.Fits);
            await ended.CancelAsync();
            await running;
        });

    [Fact]
    public void OfManyChangesTheNewestIsAsked() =>
        UiThread.Run(async thread =>
        {
            int asked = 0;
            var planner = new PlannerViewModel(
                new FakeDaemon
                {
                    WatchVram = (requests, token) =>
                        AnswerEach(Counted(requests, () => asked++, token), token),
                }
            );
            using var ended = new CancellationTokenSource();
            Task running = planner.RunAsync(ended.Token);

            planner.ModelId = "demo";
            for (int tokens = 1; tokens <= 1000; ++tokens)
            {
                planner.SequenceLength = tokens;
            }
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            Assert.Equal(1000, planner.Prediction!.WeightsBytes);
            // The thread did nothing else while the slider moved.
            Assert.InRange(asked, 1, 10);
            await ended.CancelAsync();
            await running;
        });

    [Fact]
    public void AnAnswerAboutAnotherModelIsSkipped() =>
        UiThread.Run(async thread =>
        {
            var asked = new TaskCompletionSource();
            var first = new TaskCompletionSource();
            var planner = new PlannerViewModel(
                new FakeDaemon
                {
                    WatchVram = (requests, token) =>
                        AnswerEach(Held(requests, asked, first.Task, token), token),
                }
            );
            Func<int> shown = thread.CountChanges(planner, nameof(planner.TotalText));
            using var ended = new CancellationTokenSource();
            Task running = planner.RunAsync(ended.Token);

            planner.ModelId = "one";
            await asked.Task;
            planner.ModelId = "two";
            first.SetResult();
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            Assert.Equal("two", planner.Prediction!.Model.ModelId);
            Assert.Equal(1, shown());
            await ended.CancelAsync();
            await running;
        });

    [Fact]
    public void ARefusedSettingIsNamedUntilItIsRight() =>
        UiThread.Run(async thread =>
        {
            var planner = new PlannerViewModel(new FakeDaemon { WatchVram = AnswerEach });
            using var ended = new CancellationTokenSource();
            Task running = planner.RunAsync(ended.Token);
            planner.ModelId = "demo";

            planner.SequenceLength = 0;
            await thread.UntilAsync(planner, () => planner.HasError);

            Assert.Equal("sequence_length", planner.WrongField);
            Assert.False(planner.IsCurrent);
            planner.SequenceLength = 7;
            await thread.UntilAsync(planner, () => planner.IsCurrent);
            Assert.Null(planner.WrongField);
            Assert.Null(planner.Error);
            Assert.Equal(7, planner.Prediction!.WeightsBytes);
            await ended.CancelAsync();
            await running;
        });

    [Fact]
    public void WhatADaemonThatWentDidNotAnswerIsAskedAgain() =>
        UiThread.Run(async thread =>
        {
            int streams = 0;
            var planner = new PlannerViewModel(
                new FakeDaemon
                {
                    WatchVram = (requests, token) =>
                        ++streams == 1 ? Break(requests, token) : AnswerEach(requests, token),
                }
            );
            using var ended = new CancellationTokenSource();
            Task running = planner.RunAsync(ended.Token);

            planner.ModelId = "demo";
            await thread.UntilAsync(planner, () => planner.HasError);
            Assert.Equal("nobody answers", planner.Error);
            await thread.UntilAsync(planner, () => planner.IsCurrent);

            Assert.Equal(2, streams);
            Assert.Null(planner.Error);
            await ended.CancelAsync();
            await running;
        });

    private static async IAsyncEnumerable<MemoryPrediction> AnswerEach(
        IAsyncEnumerable<EstimateVramRequest> requests,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (EstimateVramRequest request in requests.WithCancellation(cancellationToken))
        {
            if (request.SequenceLength < 1)
            {
                throw FakeDaemon.Failure(
                    StatusCode.InvalidArgument,
                    "sequence_length: must be at least 1, got 0",
                    "sequence_length"
                );
            }
            yield return Answer(request);
        }
    }

    private static async IAsyncEnumerable<MemoryPrediction> Break(
        IAsyncEnumerable<EstimateVramRequest> requests,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (EstimateVramRequest request in requests.WithCancellation(cancellationToken))
        {
            throw FakeDaemon.Gone();
        }
        yield break;
    }

    private static async IAsyncEnumerable<EstimateVramRequest> Counted(
        IAsyncEnumerable<EstimateVramRequest> requests,
        Action count,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (EstimateVramRequest request in requests.WithCancellation(cancellationToken))
        {
            count();
            yield return request;
        }
    }

    // Says that something was asked, and passes it on once it may.
    private static async IAsyncEnumerable<EstimateVramRequest> Held(
        IAsyncEnumerable<EstimateVramRequest> requests,
        TaskCompletionSource asked,
        Task mayGoOn,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (EstimateVramRequest request in requests.WithCancellation(cancellationToken))
        {
            asked.TrySetResult();
            await mayGoOn;
            yield return request;
        }
    }

    private static MemoryPrediction Answer(EstimateVramRequest request) =>
        new()
        {
            Tag = request.Tag,
            WeightsBytes = request.SequenceLength,
            Verdict = Verdict.Fits,
            Model = new ModelSummary { ModelId = request.ModelId },
        };
}
