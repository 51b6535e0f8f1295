using System.Diagnostics;
using Grpc.Core;
using Hwledger.V1;
using HwLedger.Client.Tests.Daemon;

namespace HwLedger.Client.Tests;

[Collection("daemon")]
[Trait("needs", "daemon")]
public sealed class InferenceTests(DaemonFixture daemon)
{
    private const string Question = "What is a KV cache?";

    [Fact]
    public async Task TheTokensMakeUpTheFullText()
    {
        List<InferenceEvent> events = [];
        await foreach (
            InferenceEvent inferenceEvent in daemon.Client.RunInferenceAsync("demo", Question)
        )
        {
            events.Add(inferenceEvent);
        }

        Completion completion = Assert.IsType<CompletionEvent>(events[^1]).Completion;
        Assert.NotEmpty(completion.FullText);
        Assert.Equal(
            completion.FullText,
            string.Concat(events.OfType<TokenEvent>().Select(token => token.Text))
        );
        Assert.Equal(
            completion.Usage.CompletionTokens,
            events.OfType<TokenEvent>().Sum(token => token.Token.TokenCount)
        );
        Assert.Equal(
            Enumerable.Range(0, events.Count).Select(seq => (long)seq),
            events.Select(inferenceEvent => inferenceEvent.Seq)
        );
    }

    [Fact]
    public async Task AListenerHearsTheSame()
    {
        await daemon.UnloadDemoAsync();
        var request = new RunInferenceRequest
        {
            ModelId = "demo",
            Prompt = "Memory is",
            MaxTokens = 7,
        };
        var listener = new Listener();

        Completion completion = await daemon.Client.RunInferenceAsync(request, listener);

        Assert.Equal(completion.FullText, listener.Text);
        Assert.Same(completion, listener.Completion);
        Assert.Equal(7, completion.Usage.CompletionTokens);
        Assert.Equal(FinishReason.Length, completion.FinishReason);
        // The model had to be loaded.
        Assert.True(listener.LoadedFraction > 0);
    }

    [Fact]
    public async Task ACancelFreesTheSlot()
    {
        await daemon.LoadEndlessDemoAsync();
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                InferenceEvent inferenceEvent in daemon
                    .Client.RunInferenceAsync(DaemonFixture.EndlessRequest())
                    .WithCancellation(cancel.Token)
            )
            {
                if (inferenceEvent is TokenEvent)
                {
                    Assert.Equal(1, (await daemon.LoadedDemoAsync()).ActiveRequests);
                    await cancel.CancelAsync();
                }
            }
        });

        await ExpectOneCancelledAsync();
    }

    [Fact]
    public async Task AskingForNoMoreEventsFreesTheSlot()
    {
        await daemon.LoadEndlessDemoAsync();

        await foreach (
            InferenceEvent inferenceEvent in daemon.Client.RunInferenceAsync(
                DaemonFixture.EndlessRequest()
            )
        )
        {
            if (inferenceEvent is TokenEvent)
            {
                break;
            }
        }

        await ExpectOneCancelledAsync();
    }

    [Fact]
    public async Task WhatAListenerThrowsFreesTheSlot()
    {
        await daemon.LoadEndlessDemoAsync();

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() =>
            daemon.Client.RunInferenceAsync(DaemonFixture.EndlessRequest(), new BrokenListener())
        );

        await ExpectOneCancelledAsync();
    }

    [Fact]
    public async Task AKilledRunnerIsATypedFailureAndTheNextCallWorks()
    {
        await daemon.LoadEndlessDemoAsync();
        int runner = (await daemon.LoadedDemoAsync()).ProcessId;

        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
        {
            await foreach (
                InferenceEvent inferenceEvent in daemon.Client.RunInferenceAsync(
                    DaemonFixture.EndlessRequest()
                )
            )
            {
                if (inferenceEvent is TokenEvent)
                {
                    Process.GetProcessById(runner).Kill();
                }
            }
        });

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.True(failure.IsFromDaemon);
        Assert.Contains("signal 9", failure.Message, StringComparison.Ordinal);
        Assert.IsType<CompletionEvent>(
            await daemon.Client.RunInferenceAsync("demo", Question).LastAsync()
        );
        Assert.NotEqual(runner, (await daemon.LoadedDemoAsync()).ProcessId);
        await daemon.UnloadDemoAsync();
    }

    [Fact]
    public async Task AnUnloadEndsGenerationsWithCancelled()
    {
        await daemon.LoadEndlessDemoAsync();

        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
        {
            await foreach (
                InferenceEvent inferenceEvent in daemon.Client.RunInferenceAsync(
                    DaemonFixture.EndlessRequest()
                )
            )
            {
                if (inferenceEvent is TokenEvent { Seq: < 4 })
                {
                    await daemon.UnloadDemoAsync();
                }
            }
        });

        Assert.Equal(StatusCode.Cancelled, failure.Code);
        Assert.Empty(await daemon.Client.ListLoadedModelsAsync());
    }

    [Fact]
    public async Task ACallThatTakesTooLongEndsWithItsDeadline()
    {
        await daemon.UnloadDemoAsync();
        // Shorter than a model takes to load.
        using HwLedgerClient hasty = HwLedgerClient.Connect(
            new HwLedgerClientOptions
            {
                Address = daemon.Process.SocketAddress,
                UnaryTimeout = TimeSpan.FromMilliseconds(3),
            }
        );

        var failure = await Assert.ThrowsAsync<HwLedgerException>(() =>
            hasty.TokenizeAsync(new TokenizeRequest { ModelId = "demo", Text = "a" })
        );

        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
    }

    [Fact]
    public async Task AGrammarThatIsNoneIsNamed()
    {
        RunInferenceRequest request = DaemonFixture.EndlessRequest();
        request.Grammar = "root ::=";
        request.Grammar += " (";

        var failure = await Assert.ThrowsAsync<HwLedgerException>(async () =>
            await daemon.Client.RunInferenceAsync(request).LastAsync()
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal("grammar", Assert.Single(failure.FieldViolations).Field);
    }

    [Fact]
    public async Task TokensBecomeTheTextThatTheyWere()
    {
        TokenizeResponse tokens = await daemon.Client.TokenizeAsync(
            new TokenizeRequest
            {
                ModelId = "demo",
                Text = Question,
                AddSpecial = false,
            }
        );
        DetokenizeResponse text = await daemon.Client.DetokenizeAsync(
            new DetokenizeRequest
            {
                ModelId = "demo",
                TokenIds = { tokens.Tokens.Select(token => token.Id) },
            }
        );

        Assert.Equal(Question, text.Text);
    }

    [Fact]
    public async Task AnEmbeddingHasLengthOne()
    {
        EmbedResponse response = await daemon.Client.EmbedAsync(
            new EmbedRequest { ModelId = "demo", Texts = { Question, "memory" } }
        );

        Assert.Equal(2, response.Embeddings.Count);
        Assert.All(
            response.Embeddings,
            embedding => Assert.Equal(1, embedding.Values.Sum(x => x * x), tolerance: 1e-3)
        );
    }

    private async Task ExpectOneCancelledAsync()
    {
        await daemon.UntilAsync(model => model.ActiveRequests == 0, "the end of the generation");
        ModelCounts counts = (await daemon.LoadedDemoAsync()).Counts;
        await daemon.UnloadDemoAsync();
        Assert.Equal(
            counts.StartedCount,
            counts.FinishedCount + counts.CancelledCount + counts.FailedCount
        );
        Assert.True(counts.CancelledCount > 0);
    }

    private sealed class Listener : IInferenceListener
    {
        public string Text { get; private set; } = "";

        public double LoadedFraction { get; private set; }

        public Completion? Completion { get; private set; }

        public void OnToken(Token token) => Text += token.Text;

        public void OnLoadProgress(double fraction) => LoadedFraction = fraction;

        public void OnComplete(Completion completion) => Completion = completion;
    }

    private sealed class BrokenListener : IInferenceListener
    {
        public void OnToken(Token token) => throw new TimeZoneNotFoundException();

        public void OnComplete(Completion completion) { }
    }
}
