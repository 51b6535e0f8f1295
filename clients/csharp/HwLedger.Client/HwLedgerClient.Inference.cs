using System.Runtime.CompilerServices;
using Grpc.Core;
using Hwledger.V1;

namespace HwLedger.Client;

public partial class HwLedgerClient
{
    /// <summary>
    /// Lets a model answer one message of a person, with the model's own chat template and
    /// settings.
    /// </summary>
    /// <param name="modelId">
    /// As of <see cref="EstimateVramAsync(string, int, int, string, IEnumerable{string}?,
    /// CancellationToken)"/>, but there must be a file to run.
    /// </param>
    /// <param name="message">What the person says.</param>
    /// <param name="maxTokens">
    /// The most tokens to generate, from 1. Null: as many as the context holds.
    /// </param>
    /// <param name="cancellationToken">Ends the generation at the daemon.</param>
    /// <returns>
    /// The events as they come, <see cref="CompletionEvent"/> last. The call is made when the
    /// first one is asked for; to stop asking (<c>break</c>) ends the generation.
    /// </returns>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="RunInferenceAsync(RunInferenceRequest, CancellationToken)"/>.
    /// </exception>
    public IAsyncEnumerable<InferenceEvent> RunInferenceAsync(
        string modelId,
        string message,
        int? maxTokens = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new RunInferenceRequest
        {
            ModelId = modelId,
            Chat = new Chat { Messages = { new ChatMessage { Role = "user", Content = message } } },
        };
        if (maxTokens is { } limit)
        {
            request.MaxTokens = limit;
        }
        return RunInferenceAsync(request, cancellationToken);
    }

    /// <summary>Lets a model generate text, with every setting that there is.</summary>
    /// <param name="request">
    /// A prompt or a chat, and how to go on with it. A model that is not loaded is loaded.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the generation: its slot at the daemon is free within one decoding step.
    /// </param>
    /// <returns>
    /// The events as they come, <see cref="CompletionEvent"/> last. The call is made when the
    /// first one is asked for; to stop asking (<c>break</c>) ends the generation.
    /// </returns>
    /// <exception cref="HwLedgerException">
    /// <see cref="StatusCode.InvalidArgument"/>: a field is out of range, or the prompt is
    /// longer than the context.
    /// <see cref="StatusCode.NotFound"/>: no such model.
    /// <see cref="StatusCode.FailedPrecondition"/>: a chat, and the model has no template for
    /// it, or none with a place for tools; or the model only embeds.
    /// <see cref="StatusCode.ResourceExhausted"/>: it does not fit, or too many wait.
    /// <see cref="StatusCode.Unavailable"/>: the process that ran the model died or hung; the
    /// next call starts it anew, unless <see cref="HwLedgerException.RetryDelay"/> says when.
    /// <see cref="StatusCode.Cancelled"/>: somebody unloaded the model.
    /// </exception>
    public virtual async IAsyncEnumerable<InferenceEvent> RunInferenceAsync(
        RunInferenceRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using AsyncServerStreamingCall<RunInferenceResponse> call = inference.RunInference(
            request,
            Streaming(cancellationToken)
        );
        await foreach (
            RunInferenceResponse response in AnswersAsync(call.ResponseStream, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            if (InferenceEvent.Of(response) is { } inferenceEvent)
            {
                yield return inferenceEvent;
            }
        }
    }

    /// <summary>The same for a listener.</summary>
    /// <param name="request">A prompt or a chat, and how to go on with it.</param>
    /// <param name="listener">Told of every event.</param>
    /// <param name="cancellationToken">Ends the generation at the daemon.</param>
    /// <returns>What <see cref="IInferenceListener.OnComplete"/> was told.</returns>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="RunInferenceAsync(RunInferenceRequest, CancellationToken)"/>.
    /// </exception>
    public async Task<Completion> RunInferenceAsync(
        RunInferenceRequest request,
        IInferenceListener listener,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(listener);
        Completion? completion = null;
        await foreach (
            InferenceEvent inferenceEvent in RunInferenceAsync(request, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            Tell(listener, inferenceEvent);
            completion = (inferenceEvent as CompletionEvent)?.Completion;
        }
        return completion
            ?? throw new HwLedgerException(
                new RpcException(
                    new Status(StatusCode.Internal, "the stream ended without a completion")
                )
            );
    }

    /// <summary>The embedding of each text.</summary>
    /// <param name="request">1 to 2048 texts, none longer than the context.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="RunInferenceAsync(RunInferenceRequest, CancellationToken)"/>;
    /// <see cref="StatusCode.FailedPrecondition"/>: the model makes none.
    /// </exception>
    public virtual Task<EmbedResponse> EmbedAsync(
        EmbedRequest request,
        CancellationToken cancellationToken = default
    ) => AnswerAsync(inference.EmbedAsync(request, Unary(cancellationToken)), cancellationToken);

    /// <summary>The tokens of a text, as the model's own tokenizer makes them.</summary>
    /// <param name="request">Model and text.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="RunInferenceAsync(RunInferenceRequest, CancellationToken)"/>.
    /// </exception>
    public virtual Task<TokenizeResponse> TokenizeAsync(
        TokenizeRequest request,
        CancellationToken cancellationToken = default
    ) => AnswerAsync(inference.TokenizeAsync(request, Unary(cancellationToken)), cancellationToken);

    /// <summary>The text of tokens.</summary>
    /// <param name="request">Model and at most 1,000,000 tokens.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="HwLedgerException">
    /// As of <see cref="RunInferenceAsync(RunInferenceRequest, CancellationToken)"/>;
    /// <see cref="StatusCode.InvalidArgument"/>: not a token of the model.
    /// </exception>
    public virtual Task<DetokenizeResponse> DetokenizeAsync(
        DetokenizeRequest request,
        CancellationToken cancellationToken = default
    ) =>
        AnswerAsync(inference.DetokenizeAsync(request, Unary(cancellationToken)), cancellationToken);

    private static void Tell(IInferenceListener listener, InferenceEvent inferenceEvent)
    {
        switch (inferenceEvent)
        {
            case QueuedEvent queued:
                listener.OnQueued(queued.Position);
                break;
            case LoadProgressEvent load:
                listener.OnLoadProgress(load.Fraction);
                break;
            case PromptProgressEvent prompt:
                listener.OnPromptProgress(prompt.Progress);
                break;
            case ReasoningEvent reasoning:
                listener.OnReasoning(reasoning.Reasoning);
                break;
            case TokenEvent token:
                listener.OnToken(token.Token);
                break;
            case ToolCallEvent toolCall:
                listener.OnToolCall(toolCall.ToolCall);
                break;
            case CompletionEvent completion:
                listener.OnComplete(completion.Completion);
                break;
        }
    }
}
