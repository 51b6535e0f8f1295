using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CommunityToolkit.Mvvm.ComponentModel;
using CommunityToolkit.Mvvm.Input;
using Grpc.Core;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels;

/// <summary>
/// Whether a model fits, live: every change of a setting is asked about at once, and what is
/// shown follows. Nothing is computed here.
/// </summary>
public sealed partial class PlannerViewModel(HwLedgerClient client) : PageViewModel(client)
{
    // Of settings that wait to be asked about, only the newest count.
    private readonly Channel<EstimateVramRequest> requests =
        Channel.CreateBounded<EstimateVramRequest>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
        );

    private EstimateVramRequest newest = new();
    private long modelTag;

    // In the stream that is open now; counted on any thread.
    private int askedCount;

    /// <summary>The model; empty: none is planned.</summary>
    [ObservableProperty]
    public partial string ModelId { get; set; } = "";

    /// <summary>Tokens that each sequence can hold; from 1.</summary>
    [ObservableProperty]
    public partial int SequenceLength { get; set; } = 8192;

    /// <summary>Sequences alive at once; from 1.</summary>
    [ObservableProperty]
    public partial int BatchSize { get; set; } = 1;

    /// <summary>The type of the weights, such as "Q4_K_M"; empty: as stored.</summary>
    [ObservableProperty]
    public partial string Quantization { get; set; } = "";

    /// <summary>The type of cached keys and values, such as "q8_0"; empty: f16.</summary>
    [ObservableProperty]
    public partial string KvCacheType { get; set; } = "";

    /// <summary>
    /// The devices to plan for: presets or devices of the daemon's machine. Empty: all of its
    /// own.
    /// </summary>
    [ObservableProperty]
    public partial IReadOnlyList<string> Devices { get; set; } = [];

    /// <summary>The newest answer; null: none yet for this model.</summary>
    [ObservableProperty]
    [NotifyPropertyChangedFor(
        nameof(Fits),
        nameof(IsTight),
        nameof(DoesNotFit),
        nameof(WeightsText),
        nameof(KvCacheText),
        nameof(RuntimeOverheadText),
        nameof(TotalText),
        nameof(DecodeText)
    )]
    public partial MemoryPrediction? Prediction { get; private set; }

    /// <summary>Whether the answer belongs to the settings as they are now.</summary>
    [ObservableProperty]
    public partial bool IsCurrent { get; private set; }

    /// <summary>The setting that is wrong, as the contract names it; null: none.</summary>
    [ObservableProperty]
    public partial string? WrongField { get; private set; }

    /// <summary>Whether it is known to fit, with room to spare.</summary>
    public bool Fits => Prediction?.Verdict == Verdict.Fits;

    /// <summary>Whether it is known to fit only just.</summary>
    public bool IsTight => Prediction?.Verdict == Verdict.Tight;

    /// <summary>Whether it is known not to fit.</summary>
    public bool DoesNotFit => Prediction?.Verdict == Verdict.DoesNotFit;

    /// <summary>Memory of the weights, with its unit.</summary>
    public string WeightsText => Memory(Prediction?.WeightsBytes);

    /// <summary>Memory of the KV cache, with its unit.</summary>
    public string KvCacheText => Memory(Prediction?.KvCacheBytes);

    /// <summary>Memory of everything else, with its unit.</summary>
    public string RuntimeOverheadText => Memory(Prediction?.RuntimeOverheadBytes);

    /// <summary>All of the memory, with its unit.</summary>
    public string TotalText => Memory(Prediction?.TotalBytes);

    /// <summary>Tokens that one sequence can write per second, as a range.</summary>
    public string DecodeText =>
        Prediction?.Throughput?.Decode is { } rate
            ? QuantityText.Range(rate.LowTokensPerSecond, rate.HighTokensPerSecond)
            : QuantityText.Unknown;

    /// <summary>Names of models to choose from; the daemon knows more.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<string> ModelIds { get; private set; } = [];

    /// <summary>Names of devices to choose from: the machine's own, then the presets.</summary>
    [ObservableProperty]
    public partial IReadOnlyList<string> DeviceNames { get; private set; } = [];

    /// <summary>Answers the settings until that is cancelled, however often the daemon goes.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(CancellationToken cancellationToken) =>
        WatchAsync(AnswerAsync, cancellationToken);

    /// <summary>Lists what there is to choose from.</summary>
    [RelayCommand]
    private Task ListChoicesAsync(CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            IReadOnlyList<Model> models = await Client.ListModelsAsync(cancellationToken);
            IReadOnlyList<Device> own = await Client.ListDevicesAsync(cancellationToken);
            IReadOnlyList<DevicePreset> presets = await Client.ListDevicePresetsAsync(
                cancellationToken
            );
            ModelIds = [.. models.Select(model => model.ModelId)];
            DeviceNames =
            [
                .. own.Select(device => device.Name),
                .. presets.Select(preset => preset.Name),
            ];
        });

    partial void OnModelIdChanged(string value)
    {
        Prediction = null;
        modelTag = newest.Tag + 1;
        Ask();
    }

    partial void OnSequenceLengthChanged(int value) => Ask();

    partial void OnBatchSizeChanged(int value) => Ask();

    partial void OnQuantizationChanged(string value) => Ask();

    partial void OnKvCacheTypeChanged(string value) => Ask();

    partial void OnDevicesChanged(IReadOnlyList<string> value) => Ask();

    private void Ask()
    {
        IsCurrent = false;
        newest = Request(newest.Tag + 1);
        if (ModelId.Length > 0)
        {
            requests.Writer.TryWrite(newest);
        }
    }

    private EstimateVramRequest Request(long tag)
    {
        var request = new EstimateVramRequest
        {
            ModelId = ModelId,
            SequenceLength = SequenceLength,
            BatchSize = BatchSize,
            Quantization = Quantization,
            Tag = tag,
        };
        request.Devices.Add(Devices.Select(name => new DeviceSpec { Name = name }));
        if (KvCacheType.Length > 0)
        {
            request.KvCacheTypeK = KvCacheType;
            request.KvCacheTypeV = KvCacheType;
        }
        return request;
    }

    // Settings that are refused end the daemon's stream; the next change begins another.
    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        AskAgain();
        while (true)
        {
            askedCount = 0;
            try
            {
                await foreach (
                    MemoryPrediction answer in Client.WatchVramAsync(
                        AskedAsync(cancellationToken),
                        cancellationToken
                    )
                )
                {
                    Take(answer);
                }
                return;
            }
            catch (HwLedgerException failure) when (IsAboutSettings(failure))
            {
                Refuse(failure);
            }
        }
    }

    private async IAsyncEnumerable<EstimateVramRequest> AskedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (
            EstimateVramRequest request in requests
                .Reader.ReadAllAsync(cancellationToken)
                .ConfigureAwait(false)
        )
        {
            Interlocked.Increment(ref askedCount);
            yield return request;
        }
    }

    // Which one of several was refused is not told, and the last may not have been heard: it
    // alone is asked again.
    private void Refuse(HwLedgerException failure)
    {
        if (Volatile.Read(ref askedCount) > 1)
        {
            AskAgain();
            return;
        }
        Error = failure.Message;
        WrongField = failure.FieldViolations.Select(wrong => wrong.Field).FirstOrDefault();
    }

    // What waits is the newest already, or nothing.
    private void AskAgain()
    {
        if (!IsCurrent && ModelId.Length > 0)
        {
            requests.Writer.TryWrite(newest);
        }
    }

    private static string Memory(long? bytes) =>
        bytes is { } known ? QuantityText.Bytes(known) : QuantityText.Unknown;

    private static bool IsAboutSettings(HwLedgerException failure) =>
        failure.IsFromDaemon && failure.Code != StatusCode.Unavailable;

    // Answers come in the order of their requests; one about another model is of no use.
    private void Take(MemoryPrediction answer)
    {
        if (answer.Tag < modelTag)
        {
            return;
        }
        Prediction = answer;
        IsCurrent = answer.Tag == newest.Tag;
        if (IsCurrent)
        {
            WrongField = null;
            Error = null;
        }
    }
}
