using System.Runtime.CompilerServices;
using Grpc.Core;
using HwLedger.Client;
using Hwledger.V1;

namespace HwLedger.ViewModels.Tests;

/// <summary>Does what a test says.</summary>
internal sealed class FakeDaemon : HwLedgerClient
{
    private readonly List<LoadedModel> loaded = [];

    public Func<
        IAsyncEnumerable<EstimateVramRequest>,
        CancellationToken,
        IAsyncEnumerable<MemoryPrediction>
    >? WatchVram { get; set; }

    public Func<
        RunInferenceRequest,
        CancellationToken,
        IAsyncEnumerable<InferenceEvent>
    >? RunInference { get; set; }

    public Func<CancellationToken, IAsyncEnumerable<WatchDevicesResponse>>? WatchDevices { get; set; }

    public Func<CancellationToken, IAsyncEnumerable<DaemonState>> WatchDaemon { get; set; } =
        cancellationToken => States(cancellationToken, DaemonState.Serving);

    public IReadOnlyList<Model> Models { get; set; } = [];

    public Func<IProgress<double>?, Task<LoadedModel>>? LoadModel { get; set; }

    public IReadOnlyList<LedgerEntry> Entries { get; set; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>As the daemon itself reports it.</summary>
    public static HwLedgerException Failure(StatusCode code, string message, string? field = null)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.Add(
            Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.ErrorInfo { Reason = "TEST" })
        );
        if (field is not null)
        {
            var violation = new Google.Rpc.BadRequest.Types.FieldViolation
            {
                Field = field,
                Description = message,
            };
            status.Details.Add(
                Google.Protobuf.WellKnownTypes.Any.Pack(
                    new Google.Rpc.BadRequest { FieldViolations = { violation } }
                )
            );
        }
        return new HwLedgerException(status.ToRpcException());
    }

    public static HwLedgerException Gone() =>
        new(new RpcException(new Status(StatusCode.Unavailable, "nobody answers")));

    /// <summary>These, and then nothing until it is cancelled.</summary>
    public static async IAsyncEnumerable<DaemonState> States(
        [EnumeratorCancellation] CancellationToken cancellationToken,
        params DaemonState[] states
    )
    {
        foreach (DaemonState state in states)
        {
            yield return state;
        }
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public override IAsyncEnumerable<MemoryPrediction> WatchVramAsync(
        IAsyncEnumerable<EstimateVramRequest> requests,
        CancellationToken cancellationToken = default
    ) => WatchVram!(requests, cancellationToken);

    public override IAsyncEnumerable<InferenceEvent> RunInferenceAsync(
        RunInferenceRequest request,
        CancellationToken cancellationToken = default
    ) => RunInference!(request, cancellationToken);

    public override IAsyncEnumerable<WatchDevicesResponse> WatchDevicesAsync(
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default
    ) => WatchDevices!(cancellationToken);

    public override IAsyncEnumerable<DaemonState> WatchDaemonAsync(
        CancellationToken cancellationToken = default
    ) => WatchDaemon(cancellationToken);

    public override Task<IReadOnlyList<Model>> ListModelsAsync(
        CancellationToken cancellationToken = default
    ) => Task.FromResult(Models);

    public override async Task<LoadedModel> LoadModelAsync(
        LoadModelRequest request,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        LoadedModel model = await LoadModel!(progress);
        loaded.Add(model);
        return model;
    }

    public override Task<IReadOnlyList<LoadedModel>> ListLoadedModelsAsync(
        CancellationToken cancellationToken = default
    ) => Task.FromResult<IReadOnlyList<LoadedModel>>([.. loaded]);

    public override async IAsyncEnumerable<LedgerEntry> ListEntriesAsync(
        string modelId = "",
        int pageSize = 100,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (LedgerEntry entry in Entries)
        {
            await Task.Yield();
            yield return entry;
        }
    }

    public override Task<IReadOnlyList<TermAccuracy>> SummarizeAccuracyAsync(
        CancellationToken cancellationToken = default
    ) => Task.FromResult<IReadOnlyList<TermAccuracy>>([new TermAccuracy { Term = "weights" }]);

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
