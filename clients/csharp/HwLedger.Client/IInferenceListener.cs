using Hwledger.V1;

namespace HwLedger.Client;

/// <summary>
/// Hears of a generation as it goes on, for callers who prefer this to a stream. Called
/// one event after the other, on no particular thread; the next event waits until a call
/// returns, so a slow listener slows down its own generation only. What it throws ends the
/// generation.
/// </summary>
public interface IInferenceListener
{
    /// <summary>The request waits.</summary>
    /// <param name="position">Requests before this one; 0: it is the next.</param>
    void OnQueued(int position) { }

    /// <summary>The model is being read into memory.</summary>
    /// <param name="fraction">How much of it is there, 0 to 1.</param>
    void OnLoadProgress(double fraction) { }

    /// <summary>The prompt is being read.</summary>
    /// <param name="progress">How far, in tokens.</param>
    void OnPromptProgress(PromptProgress progress) { }

    /// <summary>New text that is no part of the answer: the model thinks.</summary>
    /// <param name="reasoning">Whole characters, with their number of tokens.</param>
    void OnReasoning(Reasoning reasoning) { }

    /// <summary>New text of the answer.</summary>
    /// <param name="token">Whole characters, with their number of tokens.</param>
    void OnToken(Token token);

    /// <summary>The model asks for a function.</summary>
    /// <param name="toolCall">Which, and with what.</param>
    void OnToolCall(ToolCall toolCall) { }

    /// <summary>The end of a generation that went well; nothing follows.</summary>
    /// <param name="completion">The whole answer, what it took, and how fast it was.</param>
    void OnComplete(Completion completion);
}
