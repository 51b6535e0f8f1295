using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

public sealed class RunViewModelTests
{
    [Fact]
    public void AFastAnswerIsDrawnOncePerFrame() =>
        UiThread.Run(async thread =>
        {
            const int tokenCount = 5000;
            RunViewModel run = Page(
                (_, _) => Tokens(tokenCount),
                frame: TimeSpan.FromMilliseconds(20)
            );
            Func<int> drawn = thread.CountChanges(run, nameof(run.Answer));

            long start = Environment.TickCount64;
            await run.RunCommand.ExecuteAsync(null);
            long frames = (Environment.TickCount64 - start) / 20;

            Assert.Equal(new string('x', tokenCount), run.Answer);
            // A frame more: the last one ends early.
            Assert.InRange(drawn(), 1, frames + 2);
            Assert.Equal(RunState.Complete, run.State);
        });

    [Fact]
    public void ACancelEndsTheGenerationAndKeepsWhatCame() =>
        UiThread.Run(async thread =>
        {
            CancellationToken given = default;
            RunViewModel run = Page(
                (_, token) =>
                {
                    given = token;
                    return Endless(new TokenEvent(0, new Token { Text = "half" }), token);
                }
            );

            Task running = run.RunCommand.ExecuteAsync(null);
            await thread.UntilAsync(run, () => run.Answer.Length > 0);
            run.RunCancelCommand.Execute(null);
            await running;

            Assert.True(given.IsCancellationRequested);
            Assert.Equal(RunState.Cancelled, run.State);
            Assert.Equal("half", run.Answer);
            Assert.Null(run.Error);
            Assert.Null(run.Completion);
        });

    [Fact]
    public void TheWaitForASlotIsShown() =>
        ShowsProgress(
            new QueuedEvent(0, 3),
            run => run.QueuePosition == 3 && run.IsQueued
        );

    [Fact]
    public void TheLoadIsShown() =>
        ShowsProgress(
            new LoadProgressEvent(0, 0.25),
            run => run.LoadFraction == 0.25 && run.IsLoading
        );

    [Fact]
    public void TheReadingOfThePromptIsShown() =>
        ShowsProgress(
            new PromptProgressEvent(0, new PromptProgress { ProcessedTokens = 5 }),
            run =>
                run.PromptProgress?.ProcessedTokens == 5 && run.State == RunState.ReadingPrompt
        );

    [Fact]
    public void ThoughtsAreNoPartOfTheAnswer() =>
        UiThread.Run(async _ =>
        {
            RunViewModel run = Page(
                (_, _) =>
                    Events(
                        new ReasoningEvent(0, new Reasoning { Text = "hm" }),
                        new TokenEvent(1, new Token { Text = "yes" }),
                        new CompletionEvent(2, new Completion { FullText = "yes" })
                    )
            );

            await run.RunCommand.ExecuteAsync(null);

            Assert.Equal("hm", run.Reasoning);
            Assert.Equal("yes", run.Answer);
        });

    [Fact]
    public void AFailureIsToldAndTheNextRunBeginsAfresh() =>
        UiThread.Run(async _ =>
        {
            int calls = 0;
            RunViewModel run = Page((_, _) => ++calls == 1 ? BreakAfterOne() : Tokens(2));

            await run.RunCommand.ExecuteAsync(null);

            Assert.Equal(RunState.Failed, run.State);
            Assert.Equal("the process of demo was killed", run.Error);
            Assert.Equal("half", run.Answer);

            await run.RunCommand.ExecuteAsync(null);

            Assert.Equal("xx", run.Answer);
            Assert.Null(run.Error);
        });

    [Fact]
    public void SpeedAndFirstTokenAreKnownAtTheEnd() =>
        UiThread.Run(async _ =>
        {
            var timings = new Timings
            {
                DecodeTokensPerSecond = 41.23,
                TimeToFirstToken = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(250)),
            };
            RunViewModel run = Page(
                (_, _) => Events(new CompletionEvent(0, new Completion { Timings = timings }))
            );
            Assert.Equal("–", run.SpeedText);
            Assert.Equal("–", run.FirstTokenText);

            await run.RunCommand.ExecuteAsync(null);

            string point = CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator;
            Assert.Equal($"41{point}2", run.SpeedText);
            Assert.Equal($"0{point}25 s", run.FirstTokenText);
        });

    [Fact]
    public void TheSettingsAreSent() =>
        UiThread.Run(async _ =>
        {
            RunInferenceRequest? sent = null;
            RunViewModel run = Page(
                (request, _) =>
                {
                    sent = request;
                    return Tokens(1);
                }
            );
            run.SystemMessage = "be brief";
            run.MaxTokens = 9;

            await run.RunCommand.ExecuteAsync(null);

            Assert.Equal("demo", sent!.ModelId);
            Assert.Equal(9, sent.MaxTokens);
            Assert.Equal(["system", "user"], sent.Chat.Messages.Select(message => message.Role));
        });

    [Fact]
    public void NothingIsAskedWithoutAModelAndAMessage()
    {
        var run = new RunViewModel(new FakeDaemon());

        Assert.False(run.RunCommand.CanExecute(null));
        run.ModelId = "demo";
        Assert.False(run.RunCommand.CanExecute(null));
        run.Message = "hello";
        Assert.True(run.RunCommand.CanExecute(null));
    }

    private static void ShowsProgress(InferenceEvent progress, Func<RunViewModel, bool> isShown) =>
        UiThread.Run(async thread =>
        {
            RunViewModel run = Page((_, token) => Endless(progress, token));

            Task running = run.RunCommand.ExecuteAsync(null);
            await thread.UntilAsync(run, () => isShown(run));
            run.RunCancelCommand.Execute(null);
            await running;

            Assert.Equal(0, run.QueuePosition);
            Assert.Equal(0, run.LoadFraction);
            Assert.False(run.IsQueued || run.IsLoading);
            Assert.Null(run.PromptProgress);
        });

    private static RunViewModel Page(
        Func<RunInferenceRequest, CancellationToken, IAsyncEnumerable<InferenceEvent>> daemon,
        TimeSpan? frame = null
    ) =>
        new(new FakeDaemon { RunInference = daemon }, frame ?? TimeSpan.FromMilliseconds(1))
        {
            ModelId = "demo",
            Message = "hello",
        };

    private static async IAsyncEnumerable<InferenceEvent> Events(params InferenceEvent[] events)
    {
        foreach (InferenceEvent inferenceEvent in events)
        {
            await Task.Yield();
            yield return inferenceEvent;
        }
    }

    private static IAsyncEnumerable<InferenceEvent> Tokens(int count) =>
        Events(
            [
                .. Enumerable.Range(0, count).Select(seq => new TokenEvent(seq, new Token { Text = "x" })),
                new CompletionEvent(count, new Completion()),
            ]
        );

    private static async IAsyncEnumerable<InferenceEvent> BreakAfterOne()
    {
        yield return new TokenEvent(0, new Token { Text = "half" });
        await Task.Yield();
        throw FakeDaemon.Failure(StatusCode.Unavailable, "the process of demo was killed");
    }

    private static async IAsyncEnumerable<InferenceEvent> Endless(
        InferenceEvent first,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return first;
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
