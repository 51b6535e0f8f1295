using Hwledger.V1;

namespace HwLedger.Client;

/// <summary>
/// What happened to a generation. They come in this order: <see cref="QueuedEvent"/> and
/// <see cref="LoadProgressEvent"/> while the model is not ready,
/// <see cref="PromptProgressEvent"/> while the prompt is read, then the answer
/// (<see cref="ReasoningEvent"/>, <see cref="TokenEvent"/>, <see cref="ToolCallEvent"/>),
/// then exactly one <see cref="CompletionEvent"/>.
/// </summary>
/// <param name="Seq">
/// Numbers the events of a stream from 0. A gap stands for an event that only a newer
/// version of this library knows.
/// </param>
public abstract record InferenceEvent(long Seq)
{
    internal static InferenceEvent? Of(RunInferenceResponse response) =>
        response.EventCase switch
        {
            RunInferenceResponse.EventOneofCase.Queued => new QueuedEvent(
                response.Seq,
                response.Queued.Position
            ),
            RunInferenceResponse.EventOneofCase.LoadProgress => new LoadProgressEvent(
                response.Seq,
                response.LoadProgress.Fraction
            ),
            RunInferenceResponse.EventOneofCase.PromptProgress => new PromptProgressEvent(
                response.Seq,
                response.PromptProgress
            ),
            RunInferenceResponse.EventOneofCase.Reasoning => new ReasoningEvent(
                response.Seq,
                response.Reasoning
            ),
            RunInferenceResponse.EventOneofCase.Token => new TokenEvent(
                response.Seq,
                response.Token
            ),
            RunInferenceResponse.EventOneofCase.ToolCall => new ToolCallEvent(
                response.Seq,
                response.ToolCall
            ),
            RunInferenceResponse.EventOneofCase.Completion => new CompletionEvent(
                response.Seq,
                response.Completion
            ),
            _ => null,
        };
}

/// <summary>The request waits.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Position">Requests before this one; 0: it is the next.</param>
public sealed record QueuedEvent(long Seq, int Position) : InferenceEvent(Seq);

/// <summary>The model is being read into memory.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Fraction">How much of it is there, 0 to 1.</param>
public sealed record LoadProgressEvent(long Seq, double Fraction) : InferenceEvent(Seq);

/// <summary>The prompt is being read.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Progress">How far, in tokens.</param>
public sealed record PromptProgressEvent(long Seq, PromptProgress Progress) : InferenceEvent(Seq);

/// <summary>New text that is no part of the answer: the model thinks.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Reasoning">The text, whole characters, with its number of tokens.</param>
public sealed record ReasoningEvent(long Seq, Reasoning Reasoning) : InferenceEvent(Seq);

/// <summary>New text of the answer.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Token">
/// The text, whole characters, with the number of tokens it stands for: at least one, more
/// where several were sent together. All texts of a stream make up
/// <see cref="Completion.FullText"/>.
/// </param>
public sealed record TokenEvent(long Seq, Token Token) : InferenceEvent(Seq)
{
    /// <summary>The new text.</summary>
    public string Text => Token.Text;
}

/// <summary>The model asks for a function.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="ToolCall">Which, and with what.</param>
public sealed record ToolCallEvent(long Seq, ToolCall ToolCall) : InferenceEvent(Seq);

/// <summary>The end of a generation that went well.</summary>
/// <param name="Seq">The event's number.</param>
/// <param name="Completion">The whole answer, what it took, and how fast it was.</param>
public sealed record CompletionEvent(long Seq, Completion Completion) : InferenceEvent(Seq);
