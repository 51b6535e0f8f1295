using Hwledger.V1;

namespace HwLedger.Client.Tests;

public sealed class InferenceEventTests
{
    [Fact]
    public void EveryEventOfTheContractHasItsOwnType()
    {
        RunInferenceResponse[] responses =
        [
            new() { Seq = 0, Queued = new Queued { Position = 3 } },
            new() { Seq = 1, LoadProgress = new LoadProgress { Fraction = 0.5 } },
            new() { Seq = 2, PromptProgress = new PromptProgress { TotalTokens = 4 } },
            new() { Seq = 3, Reasoning = new Reasoning { Text = "hm" } },
            new() { Seq = 4, Token = new Token { Text = "yes" } },
            new() { Seq = 5, ToolCall = new ToolCall { Name = "look" } },
            new() { Seq = 6, Completion = new Completion { FullText = "yes" } },
        ];

        InferenceEvent?[] events = [.. responses.Select(InferenceEvent.Of)];

        Assert.Equal<IEnumerable<InferenceEvent?>>(
            [
                new QueuedEvent(0, 3),
                new LoadProgressEvent(1, 0.5),
                new PromptProgressEvent(2, new PromptProgress { TotalTokens = 4 }),
                new ReasoningEvent(3, new Reasoning { Text = "hm" }),
                new TokenEvent(4, new Token { Text = "yes" }),
                new ToolCallEvent(5, new ToolCall { Name = "look" }),
                new CompletionEvent(6, new Completion { FullText = "yes" }),
            ],
            events
        );
        // One more in the contract: one more here.
        Assert.Equal(
            responses.Length,
            RunInferenceResponse.Descriptor.Oneofs.Single(o => o.Name == "event").Fields.Count
        );
    }

    [Fact]
    public void AnEventOfANewerDaemonIsNone()
    {
        // Field 1000, which no version of the contract has.
        byte[] unknown = [0x08, 0x07, 0xc0, 0x3e, 0x01];

        RunInferenceResponse response = RunInferenceResponse.Parser.ParseFrom(unknown);

        Assert.Equal(7, response.Seq);
        Assert.Null(InferenceEvent.Of(response));
    }
}
