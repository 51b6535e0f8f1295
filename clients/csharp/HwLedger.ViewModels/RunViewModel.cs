using System.Threading.Channels;
using CommunityToolkit.Mvvm.ComponentModel;
using CommunityToolkit.Mvvm.Input;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels;

/// <summary>
/// Lets a model answer: the answer as it comes, at most once per frame, however fast the model
/// writes.
/// </summary>
/// <param name="client">The daemon.</param>
/// <param name="frame">
/// The shortest time between two changes of the answer. Null: a thirtieth of a second.
/// </param>
public sealed partial class RunViewModel(HwLedgerClient client, TimeSpan? frame = null)
    : PageViewModel(client)
{
    // More than a frame's worth of any model; a page that is not drawn holds the daemon back.
    private const int EventsMax = 1024;
    private readonly TimeSpan frame = frame ?? TimeSpan.FromSeconds(1.0 / 30);

    /// <summary>The model.</summary>
    [ObservableProperty]
    [NotifyCanExecuteChangedFor(nameof(RunCommand))]
    public partial string ModelId { get; set; } = "";

    /// <summary>What the person says.</summary>
    [ObservableProperty]
    [NotifyCanExecuteChangedFor(nameof(RunCommand))]
    public partial string Message { get; set; } = "";

    /// <summary>How the model should behave; empty: as it does.</summary>
    [ObservableProperty]
    public partial string SystemMessage { get; set; } = "";

    /// <summary>The most tokens to generate, from 1; null: as many as the context holds.</summary>
    [ObservableProperty]
    public partial int? MaxTokens { get; set; }

    /// <summary>The answer, as far as it has come.</summary>
    [ObservableProperty]
    public partial string Answer { get; private set; } = "";

    /// <summary>What the model thinks, as far as it has come; no part of the answer.</summary>
    [ObservableProperty]
    public partial string Reasoning { get; private set; } = "";

    /// <summary>What the generation is at.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(nameof(IsQueued), nameof(IsLoading))]
    public partial RunState State { get; private set; }

    /// <summary>Whether it waits for others.</summary>
    public bool IsQueued => State == RunState.Queued;

    /// <summary>Whether the model is being read into memory.</summary>
    public bool IsLoading => State == RunState.Loading;

    /// <summary>Requests that come first, while it waits.</summary>
    [ObservableProperty]
    public partial int QueuePosition { get; private set; }

    /// <summary>How much of the model is in memory, 0 to 1, while it is being loaded.</summary>
    [ObservableProperty]
    public partial double LoadFraction { get; private set; }

    /// <summary>How far the prompt is read, in tokens; null: it is not being read.</summary>
    [ObservableProperty]
    public partial PromptProgress? PromptProgress { get; private set; }

    /// <summary>What the answer took; null: it is not complete.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(nameof(SpeedText), nameof(FirstTokenText))]
    public partial Completion? Completion { get; private set; }

    /// <summary>Tokens written per second; "–" where that is unknown.</summary>
    public string SpeedText =>
        Completion?.Timings is { HasDecodeTokensPerSecond: true } timings
            ? QuantityText.Number(timings.DecodeTokensPerSecond)
            : QuantityText.Unknown;

    /// <summary>
    /// From the request to the first token, in seconds; "–" where that is unknown.
    /// </summary>
    public string FirstTokenText =>
        Completion?.Timings?.TimeToFirstToken is { } time
            ? $"{QuantityText.Number(time.ToTimeSpan().TotalSeconds)} s"
            : QuantityText.Unknown;

    private bool CanRun => ModelId.Length > 0 && Message.Length > 0;

    /// <summary>Asks; its cancel command ends the generation at the daemon.</summary>
    [RelayCommand(CanExecute = nameof(CanRun), IncludeCancelCommand = true)]
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        Answer = "";
        Reasoning = "";
        Completion = null;
        State = RunState.Asked;
        await TryAsync(() => ReadAsync(Request(), cancellationToken));
        ShowProgress(null);
        if (Completion is null)
        {
            State = HasError ? RunState.Failed : RunState.Cancelled;
        }
    }

    private RunInferenceRequest Request()
    {
        var request = new RunInferenceRequest { ModelId = ModelId, Chat = new Chat() };
        if (SystemMessage.Length > 0)
        {
            request.Chat.Messages.Add(new ChatMessage { Role = "system", Content = SystemMessage });
        }
        request.Chat.Messages.Add(new ChatMessage { Role = "user", Content = Message });
        if (MaxTokens is { } limit)
        {
            request.MaxTokens = limit;
        }
        return request;
    }

    // What comes while a frame is shown is shown with the next one.
    private async Task ReadAsync(RunInferenceRequest request, CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<InferenceEvent>(
            new BoundedChannelOptions(EventsMax) { SingleReader = true, SingleWriter = true }
        );
        Task reading = Task.Run(
            () => PassOnAsync(request, events.Writer, left.Token),
            CancellationToken.None
        );
        try
        {
            while (await events.Reader.WaitToReadAsync(cancellationToken))
            {
                Take(Waiting(events.Reader));
                await Task.WhenAny(
                    Task.Delay(frame, cancellationToken),
                    events.Reader.Completion
                );
            }
        }
        finally
        {
            await left.CancelAsync();
            await reading;
        }
    }

    // Ends `events` with what ended the generation.
    private async Task PassOnAsync(
        RunInferenceRequest request,
        ChannelWriter<InferenceEvent> events,
        CancellationToken cancellationToken
    )
    {
        Exception? failure = null;
        try
        {
            await foreach (
                InferenceEvent inferenceEvent in Client
                    .RunInferenceAsync(request, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                await events.WriteAsync(inferenceEvent, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception caught)
        {
            failure = caught;
        }
        events.Complete(failure);
    }

    private static List<InferenceEvent> Waiting(ChannelReader<InferenceEvent> events)
    {
        List<InferenceEvent> waiting = [];
        while (waiting.Count < EventsMax && events.TryRead(out InferenceEvent? inferenceEvent))
        {
            waiting.Add(inferenceEvent);
        }
        return waiting;
    }

    private void Take(List<InferenceEvent> events)
    {
        string answer = string.Concat(events.OfType<TokenEvent>().Select(token => token.Text));
        string reasoning = string.Concat(
            events.OfType<ReasoningEvent>().Select(thought => thought.Reasoning.Text)
        );
        Answer += answer;
        Reasoning += reasoning;
        ShowProgress(events[^1]);
        if (events[^1] is CompletionEvent completion)
        {
            Completion = completion.Completion;
        }
    }

    private void ShowProgress(InferenceEvent? last)
    {
        QueuePosition = (last as QueuedEvent)?.Position ?? 0;
        LoadFraction = (last as LoadProgressEvent)?.Fraction ?? 0;
        PromptProgress = (last as PromptProgressEvent)?.Progress;
        State = last switch
        {
            QueuedEvent => RunState.Queued,
            LoadProgressEvent => RunState.Loading,
            PromptProgressEvent => RunState.ReadingPrompt,
            CompletionEvent => RunState.Complete,
            null => State,
            _ => RunState.Writing,
        };
    }
}
